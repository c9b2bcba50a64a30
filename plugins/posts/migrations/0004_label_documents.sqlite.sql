-- FTS5 finds the newest posts first by itself.
select 1;
