-- Every name that an account which was renamed has had, the present one among them: nobody else gets it.
-- taken_at: when a renaming brought it, 0 = the account began with it.
create table former_names (
    username_key text primary key,
    user_id integer not null references users (id),
    taken_at integer not null
) strict, without rowid;
create index former_names_user_id on former_names (user_id, taken_at);
