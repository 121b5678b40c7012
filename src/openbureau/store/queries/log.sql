-- try_sequencer_lock
-- One sequencer at a time.
-- touches: log_head
-- for: jobs.log.sequence
select pg_try_advisory_xact_lock(7203115)

-- latest_head
-- The last signed head with its frontier.
-- touches: log_head
-- for: jobs.log.sequence, jobs.log.export
select size, root, frontier, checkpoint from bureau.log_head order by size desc limit 1

-- take_pending
-- Leaves that wait for an index, oldest first.
-- touches: leaf_pending
-- for: jobs.log.sequence
select arrival, leaf_id, entry from bureau.leaf_pending order by arrival limit %s

-- forget_pending
-- Leaves that have an index now.
-- touches: leaf_pending
-- for: jobs.log.sequence
delete from bureau.leaf_pending where arrival = any(%s)

-- add_pending
-- A leaf that waits for an index.
-- touches: leaf_pending
-- for: jobs.founding.init, jobs.furnishing.receive
insert into bureau.leaf_pending (leaf_id, entry, made_at) values (%s, %s, %s)

-- entries_between
-- Entries of the log in order.
-- touches: log_entry
-- for: jobs.log.sequence, jobs.log.export
select leaf_index, entry from bureau.log_entry where leaf_index >= %s and leaf_index < %s order by leaf_index

-- last_tile
-- A tile as far as it is filled.
-- touches: log_tile
-- for: jobs.log.sequence, jobs.log.export
select content from bureau.log_tile where level = %s and number = %s

-- put_tile
-- A tile, grown or new.
-- touches: log_tile
-- for: jobs.log.sequence
insert into bureau.log_tile values (%s, %s, %s) on conflict (level, number) do update set content = excluded.content

-- put_head
-- A signed head.
-- touches: log_head
-- for: jobs.log.sequence
insert into bureau.log_head values (%s, %s, %s, %s, %s)

-- leaf_place
-- Where a leaf stands in the log.
-- touches: log_entry
-- for: jobs.log.prove
select * from bureau.leaf_place(%s)

-- all_events
-- Every event with its place in the log, for the committee's openings.
-- touches: event, log_entry, subject
-- for: jobs.log.export
select e.subject_id, e.leaf_hash, e.key_kind, e.sealed, l.leaf_index, s.wrapped_key, e.actor
  from bureau.event e join bureau.log_entry l using (leaf_hash) left join bureau.subject s on s.subject_id = e.subject_id
 where l.leaf_index < %s order by l.leaf_index

-- answers_of
-- Sealed answers with their receipts, for a sandbox export.
-- touches: inquiry, subject
-- for: jobs.log.export
select q.inquiry_id, q.subject_id, q.outcome_sealed, s.wrapped_key, q.leaf_hash
  from bureau.inquiry q join bureau.subject s using (subject_id) where q.outcome <> 'refused' order by q.asked_at limit %s

-- add_act
-- An act with the leaf that carries it.
-- touches: act
-- for: jobs.founding.init
insert into bureau.act values (%s, %s, %s, %s)

-- founding_act
-- The first act.
-- touches: act
-- for: jobs.context
select content from bureau.act where act_no = 0

-- add_token
-- A member's bearer token, as its hash.
-- touches: member_token
-- for: jobs.founding.init
insert into bureau.member_token values (%s, %s, %s, %s)
