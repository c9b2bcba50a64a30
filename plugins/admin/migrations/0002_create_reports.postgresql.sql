-- What users complain about. target: "post/7", "comment/7" or "user/7". state: open; resolving: decided, an errand is
-- under way; resolved. excerpt: what it said when it was reported.
create table reports (
    id bigint primary key,
    target text not null,
    author_id bigint not null,
    author_name text not null,
    excerpt text not null,
    reporter_id bigint not null,
    reporter_name text not null,
    reason text not null,
    state text not null default 'open' check (state in ('open', 'resolving', 'resolved')),
    action text check (action in ('dismiss', 'remove', 'ban')),
    note text not null default '',
    resolved_by bigint,
    resolved_by_name text,
    resolved_at bigint,
    errand_id bigint,
    created_at bigint not null
);
create unique index reports_open on reports (reporter_id, target) where state <> 'resolved';
create index reports_state on reports (state, id);
create index reports_target on reports (target, id);
create index reports_author_id on reports (author_id);
create index reports_errand_id on reports (errand_id) where errand_id is not null;
