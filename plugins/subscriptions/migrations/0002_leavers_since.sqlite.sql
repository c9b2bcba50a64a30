-- They stay for a while, against followings that begin in the last seconds of an account.
alter table leavers add column since integer not null default 0;
