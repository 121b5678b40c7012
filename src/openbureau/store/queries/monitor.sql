-- add_monitor
-- A lender is told of changes from now on.
-- touches: monitor
-- for: jobs.monitor.start
insert into bureau.monitor (subject_id, monitor_id, member_id, purpose, triggers, reference, actor_user, id_kind, id_blind,
                            name_blind, started_at, leaf_hash)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- save_marks
-- From where change is measured now.
-- touches: monitor_state
-- for: jobs.monitor.start, jobs.monitor.evaluate
insert into bureau.monitor_state values (%s, %s, %s, %s, %s, %s, %s)
on conflict (subject_id, monitor_id) do update
   set consent_id = excluded.consent_id, evaluated_at = excluded.evaluated_at, marks_sealed = excluded.marks_sealed

-- add_monitor_end
-- A lender is told no more; nothing where it was not any more.
-- touches: monitor_end
-- for: jobs.monitor.evaluate, jobs.monitor.stop
insert into bureau.monitor_end values (%s, %s, %s, %s, %s, %s) on conflict (subject_id, monitor_id) do nothing

-- add_alert
-- What a lender is told, once for each state; nothing where it was told before.
-- touches: alert
-- for: jobs.monitor.evaluate
insert into bureau.alert values (%s, %s, %s, %s, %s, %s, %s) on conflict (subject_id, monitor_id, trigger, state_key) do nothing

-- told_alerts
-- Which of these states were told before.
-- touches: alert
-- for: jobs.monitor.evaluate
select trigger, state_key from bureau.alert where subject_id = %s and monitor_id = %s and state_key = any(%s)

-- monitors_of
-- The monitors of a member, newest first, before one of them.
-- touches: monitor, monitor_end, alert
-- for: jobs.monitor.own
select m.monitor_id, m.purpose, m.triggers, m.reference, m.actor_user, m.started_at, e.ended_at, e.reason,
       (select count(*) from bureau.alert a where a.subject_id = m.subject_id and a.monitor_id = m.monitor_id)
  from bureau.monitor m left join bureau.monitor_end e using (subject_id, monitor_id)
 where m.member_id = %(member)s and (%(one)s::uuid is null or m.monitor_id = %(one)s)
   and (%(before)s::uuid is null or m.monitor_id < %(before)s)
 order by m.monitor_id desc limit %(most)s

-- alert_place
-- Under whom an alert is recorded, so that what was told can be found.
-- touches: alert
-- for: jobs.monitor.own
select subject_id from bureau.alert where alert_id = %s and member_id = %s

-- find_monitor
-- A monitor of a member as it was begun.
-- touches: monitor
-- for: jobs.monitor.stop
select subject_id, monitor_id, member_id, purpose, triggers, reference, actor_user, id_kind, id_blind, name_blind
  from bureau.monitor where monitor_id = %s and member_id = %s

-- own_monitors
-- Who watches a person.
-- touches: monitor, monitor_end, monitor_state, alert
-- for: jobs.monitor.own
select * from bureau.own_monitors(%s)

-- touch_lines
-- Watched files of which the staged accounts say something new.
-- touches: monitor_touched, monitor, monitor_end, identity_link
-- for: jobs.furnishing.load
with touched as materialized (
  select distinct subject_id from stage_tradeline where exists (select from bureau.monitor)
)
insert into bureau.monitor_touched (subject_id)
select distinct m.subject_id
  from touched t join bureau.monitor m on m.subject_id = any (
         case when exists (select from bureau.identity_link l where l.subject_id = t.subject_id)
              then bureau.linked_set(t.subject_id, 'infinity') else array[t.subject_id] end)
 where not exists (select from bureau.monitor_end e where e.subject_id = m.subject_id and e.monitor_id = m.monitor_id)

-- touch_months
-- The same of the staged months.
-- touches: monitor_touched, monitor, monitor_end, identity_link
-- for: jobs.furnishing.load
with touched as materialized (
  select distinct subject_id from stage_month where exists (select from bureau.monitor)
)
insert into bureau.monitor_touched (subject_id)
select distinct m.subject_id
  from touched t join bureau.monitor m on m.subject_id = any (
         case when exists (select from bureau.identity_link l where l.subject_id = t.subject_id)
              then bureau.linked_set(t.subject_id, 'infinity') else array[t.subject_id] end)
 where not exists (select from bureau.monitor_end e where e.subject_id = m.subject_id and e.monitor_id = m.monitor_id)

-- sweep_monitors
-- Watched files that may have changed without a furnished record: the consent ended, others asked, records were linked.
-- touches: monitor_touched, monitor, monitor_end, monitor_state, consent, consent_end, inquiry, identity_link
-- for: jobs.monitor.evaluate
select bureau.sweep_monitors(%s)

-- claim_touched
-- A watched file that changed, with all that was noted of it; held until the transaction ends.
-- touches: monitor_touched
-- for: jobs.monitor.evaluate
with first as (
  select subject_id from bureau.monitor_touched where touched_at <= clock_timestamp()
   order by touched_at limit 1 for update skip locked
), mine as (
  select t.subject_id, t.touch_id from bureau.monitor_touched t join first using (subject_id) for update of t skip locked
)
delete from bureau.monitor_touched d using mine m where d.subject_id = m.subject_id and d.touch_id = m.touch_id
returning d.subject_id

-- postpone_touched
-- A watched file that could not be looked at is looked at again later.
-- touches: monitor_touched
-- for: jobs.monitor.evaluate
insert into bureau.monitor_touched (subject_id, touched_at) values (%s, clock_timestamp() + interval '10 minutes')

-- active_monitors
-- Who watches a file and is still told, with what change is measured from.
-- touches: monitor, monitor_end, monitor_state
-- for: jobs.monitor.evaluate
select m.subject_id, m.monitor_id, m.member_id, m.purpose, m.triggers, m.reference, m.actor_user, m.id_kind, m.id_blind,
       m.name_blind, s.wrapped_key, s.marks_sealed
  from bureau.monitor m join bureau.monitor_state s using (subject_id, monitor_id)
 where m.subject_id = %s
   and not exists (select from bureau.monitor_end e where e.subject_id = m.subject_id and e.monitor_id = m.monitor_id)
 order by m.monitor_id
