-- Since when more was waiting for a webhook than is kept; null: it is not so.
alter table webhooks add column backlog_full_since integer;
create index webhook_deliveries_waiting on webhook_deliveries (webhook_id, id) where state = 'queued';
