-- cosigned_head
-- The newest head that a quorum of witnesses has cosigned.
-- touches: cosigned_head
-- for: jobs.log.prove, jobs.log.export, jobs.log.publish
select size, note, cosigned_at from bureau.cosigned_head order by size desc limit 1

-- put_cosigned_head
-- A head with the signatures of a quorum.
-- touches: cosigned_head
-- for: jobs.log.publish
select bureau.put_cosigned_head(%s, %s, %s)

-- head_of_size
-- The signed head of a size with its frontier.
-- touches: log_head
-- for: jobs.log.prove, jobs.log.export
select size, root, frontier, checkpoint from bureau.log_head where size = %s

-- witness_states
-- How each witness stands.
-- touches: witness_state
-- for: jobs.log.publish, jobs.log.quorum
select name, size, standing, asked_at, cosigned_at from bureau.witness_state order by name

-- put_witness_state
-- How a witness answered just now; what it cosigned before stays known.
-- touches: witness_state
-- for: jobs.log.publish
insert into bureau.witness_state values (%s, %s, %s, %s, %s)
  on conflict (name) do update set size = excluded.size, standing = excluded.standing, asked_at = excluded.asked_at,
  cosigned_at = coalesce(excluded.cosigned_at, witness_state.cosigned_at)

-- quorum_state
-- The newest cosigned head, and since when something is without a quorum.
-- touches: cosigned_head, leaf_pending, log_head
-- for: jobs.log.quorum
select cosigned_size, cosigned_at, lacking_since from bureau.quorum_state()

-- try_publisher_lock
-- One publisher at a time, for as long as a round takes.
-- touches: cosigned_head
-- for: jobs.log.publish
select pg_try_advisory_lock(7203116)

-- give_up_publisher_lock
-- The round is over.
-- touches: cosigned_head
-- for: jobs.log.publish
select pg_advisory_unlock(7203116)
