create table things (
    id integer primary key, number integer, real real, text text, bytes blob, flag integer,
    parent integer references things (id) deferrable initially deferred
) strict;
