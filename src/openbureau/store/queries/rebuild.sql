-- add_load_step
-- When a chunk changed the facts, under which rule pack, and which of its records stayed out.
-- touches: load_step
-- for: jobs.furnishing.load
insert into bureau.load_step values (%s, %s, clock_timestamp(), %s, %s, %s)

-- lock_member
-- One chunk of a member at a time.
-- touches: furnishing
-- for: jobs.furnishing.load
select pg_advisory_xact_lock(7203117, hashtext(%s))

-- replay_steps
-- Every chunk and every step of a rule in the order in which they took effect; chunks of before there was a record of it by
-- their receipts.
-- touches: receipt, receipt_chunk, furnishing, load_step, rule_step
-- for: jobs.furnishing.rebuild
select false, c.receipt_id, c.chunk_no, s.first_record, s.refused, coalesce(s.stepped_at, r.received_at)
  from bureau.receipt_chunk c
  join bureau.receipt r using (receipt_id)
  join bureau.furnishing f using (receipt_id)
  left join bureau.load_step s using (receipt_id, chunk_no)
 where c.chunk_no < f.next_chunk
union all
select true, rule_id, step_no, null, null, stepped_at from bureau.rule_step where last_key is not null
 order by 6, 2, 3

-- recorded_subject
-- Which id and key an installation gave to whoever stands behind a blind index.
-- touches: identifier, subject
-- for: jobs.furnishing.rebuild
select subject_id, s.wrapped_key from bureau.identifier i join bureau.subject s using (subject_id)
 where i.kind = %s and i.blind = %s and i.name_blind = %s

-- rebuild_done
-- What a rebuild into this database has done.
-- touches: rebuild_done
-- for: jobs.furnishing.rebuild
select step from bureau.rebuild_done

-- mark_rebuild_done
-- A step of a rebuild is done.
-- touches: rebuild_done
-- for: jobs.furnishing.rebuild
insert into bureau.rebuild_done (step) values (%s)

-- continue_arrivals
-- The queue of the sequencer goes on after what was copied into it.
-- touches: leaf_pending
-- for: jobs.furnishing.rebuild
select setval(pg_get_serial_sequence('bureau.leaf_pending', 'arrival'), greatest(max(arrival), 1)) from bureau.leaf_pending

-- stage_marks
-- A place for what receipts do not say of a subject.
-- touches: subject, label_head
-- for: jobs.furnishing.rebuild
create temporary table stage_mark (
  subject_id uuid, is_frozen boolean, deceased_on date, wrapped_key bytea, identity_sealed bytea, seq bigint, leaf_hash bytea)
  on commit drop

-- marks_out
-- What receipts do not say of a subject: freeze, death, where its chain stands, and its key with what is sealed under it.
-- touches: subject, label_head
-- for: jobs.furnishing.rebuild
copy (select s.subject_id, s.is_frozen, s.deceased_on, s.wrapped_key, s.identity_sealed, h.seq, h.leaf_hash
        from bureau.subject s join bureau.label_head h using (subject_id)) to stdout (format binary)

-- marks_in
-- The same on its way into the rebuilt database.
-- touches: subject, label_head
-- for: jobs.furnishing.rebuild
copy stage_mark from stdin (format binary)

-- carry_marks
-- Rebuilt subjects take over their marks and the state of their chains.
-- touches: subject, label_head
-- for: jobs.furnishing.rebuild
with marked as (
  update bureau.subject s
     set is_frozen = m.is_frozen, deceased_on = m.deceased_on, wrapped_key = m.wrapped_key, identity_sealed = m.identity_sealed
    from stage_mark m where m.subject_id = s.subject_id
), led as (
  update bureau.label_head h set seq = m.seq, leaf_hash = m.leaf_hash from stage_mark m where m.subject_id = h.subject_id
  returning 1
)
select count(*) from led

-- has_row_security
-- Does a table show rows by policy?
-- touches: receipt
-- for: jobs.furnishing.rebuild
select relrowsecurity from pg_class where oid = ('bureau.' || %s)::regclass
