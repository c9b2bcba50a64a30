-- Which mails go first: 0 codes and tokens, 1 news about the account, 2 news of others.
alter table mails add column rank integer not null default 1;
update mails set rank = 0 where kind in ('confirm_email', 'reset_password');
update mails set rank = 2 where kind in ('new_follower', 'order_status');
create index mails_rank on mails (rank, due_at, id) where state = 'queued';
