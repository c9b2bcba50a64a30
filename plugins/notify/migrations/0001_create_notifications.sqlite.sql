create table accounts (
    user_id integer primary key,
    username text not null,
    email text not null,
    is_confirmed integer not null default 0,
    language text check (language in ('en', 'ru')),
    muted_mail text not null default '',
    muted_in_app text not null default ''
) strict;

create table mails (
    id integer primary key,
    source text not null,
    event_id text not null,
    kind text not null,
    user_id integer not null,
    recipient text not null,
    language text not null,
    fields text not null,
    sealed text,
    state text not null default 'queued' check (state in ('queued', 'sent', 'dead', 'expired')),
    attempts integer not null default 0,
    due_at integer not null,
    expires_at integer,
    created_at integer not null,
    ended_at integer,
    last_error text,
    unique (source, event_id, kind)
) strict;
create index mails_due on mails (due_at) where state = 'queued';
create index mails_ended on mails (state, ended_at) where state <> 'queued';
create index mails_user on mails (user_id);

create table notifications (
    id integer primary key,
    user_id integer not null,
    source text not null,
    event_id text not null,
    kind text not null,
    fields text not null,
    created_at integer not null,
    read_at integer,
    unique (source, event_id, kind)
) strict;
create index notifications_user on notifications (user_id, id);
create index notifications_unread on notifications (user_id, id) where read_at is null;
create index notifications_age on notifications (created_at);
