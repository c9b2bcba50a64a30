create table users (
    id bigint not null primary key,
    email text not null unique,
    nickname text,
    age integer constraint users_age_check check (age >= 0)
);
create unique index users_nickname_lower on users (lower(nickname));
create unique index users_age_nickname on users (age, nickname);
