alter table profiles add column avatar_id text;

-- Pictures that are shown no more and are still kept by media.
create table avatars_aside (
    media_id text primary key,
    user_id bigint not null
);

-- Apart from the profiles: a subscription may be told before the account is.
create table follow_counts (
    user_id bigint primary key,
    subscriptions bigint not null,
    subscribers bigint not null
);
create index avatars_aside_user on avatars_aside (user_id);
