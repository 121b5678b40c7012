-- add_feed_event
-- What a member is told afterwards, at the next place of its feed, and on its way where there is an address.
-- touches: feed_head, feed_event, webhook, delivery
-- for: jobs.delivery.feed
select bureau.add_feed_event(%s, %s, %s, %s, %s, %s, %s, %s)

-- feed_after
-- Events of a member's feed after a place, in order.
-- touches: feed_event
-- for: jobs.delivery.feed
select position, event_id, kind, about, trigger, reason, reference, made_at from bureau.feed_event
 where member_id = %s and position > %s order by position limit %s

-- feed_one
-- One event of a member's feed.
-- touches: feed_event
-- for: jobs.delivery.feed
select position, event_id, kind, about, trigger, reason, reference, made_at from bureau.feed_event
 where member_id = %s and event_id = %s

-- set_webhook
-- Where a member wants to be told.
-- touches: webhook
-- for: jobs.delivery.endpoint
insert into bureau.webhook (member_id, url, allowed_rate, confirmed_at) values (%s, %s, %s, %s)
on conflict (member_id) do update set url = excluded.url, allowed_rate = excluded.allowed_rate,
  confirmed_at = excluded.confirmed_at, ended_at = null, end_reason = null

-- find_webhook
-- Where a member is told, or was.
-- touches: webhook
-- for: jobs.delivery.endpoint
select url, allowed_rate, confirmed_at, ended_at, end_reason from bureau.webhook where member_id = %s

-- end_webhook
-- A member is told nowhere any more.
-- touches: webhook
-- for: jobs.delivery.endpoint, jobs.delivery.outbox
update bureau.webhook set ended_at = %s, end_reason = %s where member_id = %s and ended_at is null

-- claim_deliveries
-- Deliveries that are due, one a member and no faster than its address allows.  A lease that its holder did not live to end
-- runs out.
-- touches: delivery, webhook, feed_event
-- for: jobs.delivery.outbox
with first as (
  select d.event_id
    from bureau.webhook w
   cross join lateral (select x.event_id from bureau.delivery x
                        where x.member_id = w.member_id and x.state = 'waiting' and x.due_at <= %(now)s
                          and x.leased_until <= %(now)s
                        order by x.due_at, x.position limit 1 for update skip locked) d
   where w.ended_at is null
     and (w.allowed_rate is null or w.tried_at is null or w.tried_at <= %(now)s - interval '1 minute' / w.allowed_rate)
     and not exists (select from bureau.delivery y
                      where y.member_id = w.member_id and y.state = 'waiting' and y.leased_until > %(now)s)
   limit %(most)s
), taken as (
  update bureau.delivery d set leased_until = %(until)s from first f where d.event_id = f.event_id
  returning d.event_id, d.member_id, d.tries, d.leased_until
), noted as (
  update bureau.webhook w set tried_at = %(now)s from taken t where w.member_id = t.member_id
)
select t.event_id, t.member_id, w.url, t.tries, t.leased_until, f.position, f.kind, f.about, f.trigger, f.reason, f.reference,
       f.made_at
  from taken t join bureau.webhook w using (member_id) join bureau.feed_event f using (event_id)

-- settle_delivery
-- How an attempt ended; only by whoever holds its lease.
-- touches: delivery
-- for: jobs.delivery.outbox
update bureau.delivery set state = %s, tries = %s, due_at = %s, leased_until = '-infinity', tried_at = %s, answer = %s, trouble = %s
 where event_id = %s and leased_until = %s

-- deliveries_of
-- Deliveries of a member, newest first, before a place, in one state or in all.
-- touches: delivery, feed_event
-- for: jobs.delivery.endpoint
select d.event_id, d.position, f.kind, d.state, d.tries, d.due_at, d.tried_at, d.answer, d.trouble
  from bureau.delivery d join bureau.feed_event f using (event_id)
 where d.member_id = %(member)s and (%(before)s::bigint is null or d.position < %(before)s)
   and (%(state)s::text is null or d.state = %(state)s) and (%(one)s::uuid is null or d.event_id = %(one)s)
 order by d.position desc limit %(most)s

-- replay_delivery
-- An event sets out again, or for the first time, with all its attempts.
-- touches: delivery, feed_event
-- for: jobs.delivery.endpoint
insert into bureau.delivery (event_id, member_id, position, due_at)
select f.event_id, f.member_id, f.position, %(now)s from bureau.feed_event f where f.member_id = %(member)s and f.event_id = %(one)s
on conflict (event_id) do update set state = 'waiting', tries = 0, due_at = excluded.due_at, leased_until = '-infinity'
