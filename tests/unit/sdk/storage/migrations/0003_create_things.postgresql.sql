create table things (
    id bigserial primary key, number bigint, real double precision, text text, bytes bytea, flag boolean,
    parent bigint references things (id) deferrable initially deferred
);
