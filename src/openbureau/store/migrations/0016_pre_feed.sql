-- What lenders are told afterwards: a feed for each, and its delivery to an address of theirs.
set local role openbureau_owner;
set local search_path = bureau;

-- How far a member's feed has come.  Held until the transaction of an event ends: positions have no gap and are in the order
-- in which they can be seen.
create table feed_head (
  member_id text primary key,
  position bigint not null
) with (fillfactor = 70);

-- An event names nobody: the lender's own reference, and where the content can be fetched.
create table feed_event (
  member_id text not null,
  position bigint not null,
  event_id uuid not null unique,
  kind text not null check (kind in ('alert', 'monitor-ended', 'batch-ended')),
  about uuid not null,
  trigger text,
  reason text,
  reference text not null,
  made_at timestamptz not null,
  primary key (member_id, position)
);
create trigger append_only before update or delete or truncate on feed_event
  for each statement execute function refuse_change();

-- Where a member wants to be told.  The address was asked whether it wants to hear from us before it stands here.
create table webhook (
  member_id text primary key,
  url text not null,
  allowed_rate int check (allowed_rate > 0),
  confirmed_at timestamptz not null,
  tried_at timestamptz,
  ended_at timestamptz,
  end_reason text
);

-- One event on its way to one address.
create table delivery (
  event_id uuid primary key,
  member_id text not null,
  position bigint not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
  tries int not null default 0,
  due_at timestamptz not null,
  leased_until timestamptz not null default '-infinity',
  tried_at timestamptz,
  answer int,
  trouble text,
  unique (member_id, position)
);
create index delivery_due on delivery (member_id, due_at) where state = 'waiting';

do $$
declare
  name text;
begin
  foreach name in array array['feed_event', 'webhook', 'delivery']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy everything on %I to openbureau_owner, openbureau_courier, openbureau_auditor '
                   'using (true) with check (true)', name);
    execute format('create policy own_rows on %I to openbureau_api using (member_id = current_setting(''bureau.tenant'', true)) '
                   'with check (member_id = current_setting(''bureau.tenant'', true))', name);
  end loop;
end $$;

-- An event takes the next position of its member's feed, and sets out where there is an address.  Last in its transaction.
create function add_feed_event(p_member text, p_event uuid, p_kind text, p_about uuid, p_trigger text, p_reason text,
                               p_reference text, p_at timestamptz)
returns bigint language plpgsql security definer set search_path = bureau as $$
declare
  place bigint;
begin
  insert into feed_head values (p_member, 1)
    on conflict (member_id) do update set position = feed_head.position + 1 returning position into place;
  insert into feed_event values (p_member, place, p_event, p_kind, p_about, p_trigger, p_reason, p_reference, p_at);
  if exists (select from webhook w where w.member_id = p_member and w.ended_at is null) then
    insert into delivery (event_id, member_id, position, due_at) values (p_event, p_member, place, p_at);
  end if;
  return place;
end $$;

revoke execute on all functions in schema bureau from public;
grant execute on function add_feed_event to openbureau_api, openbureau_courier;
grant select on feed_event to openbureau_api, openbureau_courier, openbureau_auditor;
grant select, insert, update on webhook to openbureau_api;
grant select, update on webhook to openbureau_courier;
grant select, insert, update on delivery to openbureau_api;
grant select, update on delivery to openbureau_courier;
