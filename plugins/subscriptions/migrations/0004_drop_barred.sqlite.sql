-- The gateway ends the streams of those who may not read on.
drop table barred;
