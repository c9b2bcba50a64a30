// The tables of events; sdk/docs/events.md explains them. Times are milliseconds since 1970. Like a service's, a text
// that has been released never changes.
#include <array>

#include "sdk/storage/migrations.hpp"

namespace gatehouse::storage {

namespace {

constexpr char kSqlite[] = R"(
create table gh_outbox (
    sequence integer primary key autoincrement,
    id text not null unique,
    type text not null,
    subject text not null,
    data text not null check (json_valid(data)),
    trace_parent text not null,
    created_at integer not null,
    attempts integer not null default 0,
    next_attempt_at integer not null default 0,
    last_error text not null default '',
    sent_at integer
) strict;
create index gh_outbox_unsent on gh_outbox (sequence) where sent_at is null;
create index gh_outbox_waiting on gh_outbox (next_attempt_at) where sent_at is null and next_attempt_at > 0;
create index gh_outbox_sent on gh_outbox (sent_at) where sent_at is not null;

create table gh_relay (
    number integer primary key check (number = 1),
    holder text not null,
    expires_at integer not null
) strict;
insert into gh_relay (number, holder, expires_at) values (1, '', 0);

create table gh_inbox (
    source text not null,
    id text not null,
    seen_at integer not null,
    primary key (source, id)
) strict, without rowid;
create index gh_inbox_seen on gh_inbox (seen_at);

create table gh_inbox_failed (
    source text not null,
    id text not null,
    type text not null,
    subject text not null,
    sequence integer not null,
    time text not null,
    data text not null,
    trace_parent text not null,
    attempts integer not null,
    last_error text not null,
    next_attempt_at integer not null,
    primary key (source, id)
) strict;
create index gh_inbox_failed_subject on gh_inbox_failed (source, subject);

create table gh_dead_letters (
    source text not null,
    id text not null,
    type text not null,
    subject text not null,
    sequence integer not null,
    time text not null,
    data text not null,
    trace_parent text not null,
    attempts integer not null,
    last_error text not null,
    died_at integer not null,
    primary key (source, id)
) strict;
create index gh_dead_letters_died on gh_dead_letters (died_at);
)";

constexpr char kPostgresql[] = R"(
create table gh_outbox (
    sequence bigint generated always as identity primary key,
    id text not null unique,
    type text not null,
    subject text not null,
    data text not null check (data::json is not null),
    trace_parent text not null,
    created_at bigint not null,
    attempts integer not null default 0,
    next_attempt_at bigint not null default 0,
    last_error text not null default '',
    sent_at bigint
);
create index gh_outbox_unsent on gh_outbox (sequence) where sent_at is null;
create index gh_outbox_waiting on gh_outbox (next_attempt_at) where sent_at is null and next_attempt_at > 0;
create index gh_outbox_sent on gh_outbox (sent_at) where sent_at is not null;

create table gh_relay (
    number integer primary key check (number = 1),
    holder text not null,
    expires_at bigint not null
);
insert into gh_relay (number, holder, expires_at) values (1, '', 0);

create table gh_inbox (
    source text not null,
    id text not null,
    seen_at bigint not null,
    primary key (source, id)
);
create index gh_inbox_seen on gh_inbox (seen_at);

create table gh_inbox_failed (
    source text not null,
    id text not null,
    type text not null,
    subject text not null,
    sequence bigint not null,
    time text not null,
    data text not null,
    trace_parent text not null,
    attempts integer not null,
    last_error text not null,
    next_attempt_at bigint not null,
    primary key (source, id)
);
create index gh_inbox_failed_subject on gh_inbox_failed (source, subject);

create table gh_dead_letters (
    source text not null,
    id text not null,
    type text not null,
    subject text not null,
    sequence bigint not null,
    time text not null,
    data text not null,
    trace_parent text not null,
    attempts integer not null,
    last_error text not null,
    died_at bigint not null,
    primary key (source, id)
);
create index gh_dead_letters_died on gh_dead_letters (died_at);
)";

constexpr std::array<Migration, 1> kMigrations = {{{1, "create_events", kSqlite, kPostgresql}}};

}  // namespace

MigrationSet event_migrations() { return {"gh_events", "gh_events_migrations", kMigrations}; }

}  // namespace gatehouse::storage
