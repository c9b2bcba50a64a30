-- How often in a row whoever is to do an errand has answered that he failed, and what was the matter the last time.
alter table errands add column failures integer not null default 0;
alter table errands add column last_error text not null default '';
