-- add_batch
-- A file of inquiries as it was received; nothing where its member used the key before.
-- touches: batch
-- for: jobs.batch.receive
insert into bureau.batch (batch_id, member_id, key, content_key, about_sealed, wrapped_key, lines, chunks, received_at,
                          work_until, expires_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (member_id, key) do nothing

-- add_batch_chunk
-- Some lines of a batch, sealed.
-- touches: batch_chunk
-- for: jobs.batch.receive
insert into bureau.batch_chunk (batch_id, chunk_no, last_line, lines, sealed) values (%s, %s, %s, %s, %s)

-- batches_of
-- Batches of a member, newest first, before one of them, with how far each has come.
-- touches: batch, batch_chunk
-- for: jobs.batch.receive, jobs.batch.results
select b.batch_id, b.key, b.content_key, b.about_sealed, b.wrapped_key, b.lines, b.received_at, b.work_until, b.expires_at,
       b.cancelled_at, b.ended_at, c.worked, c.answered, c.refused, c.problems
  from bureau.batch b
 cross join lateral (select coalesce(sum(x.lines) filter (where x.worked_at is not null), 0)::int as worked,
                            coalesce(sum(x.answered), 0)::int as answered, coalesce(sum(x.refused), 0)::int as refused,
                            coalesce(sum(x.problems), 0)::int as problems
                       from bureau.batch_chunk x where x.batch_id = b.batch_id) c
 where b.member_id = %(member)s and (%(one)s::uuid is null or b.batch_id = %(one)s) and (%(key)s::text is null or b.key = %(key)s)
   and (%(before)s::uuid is null or b.batch_id < %(before)s)
 order by b.batch_id desc limit %(most)s

-- cancel_batch
-- No further line of a batch is begun.
-- touches: batch
-- for: jobs.batch.receive
update bureau.batch set cancelled_at = coalesce(cancelled_at, %s) where batch_id = %s and member_id = %s and ended_at is null

-- open_chunk
-- Does any line of a batch wait.
-- touches: batch, batch_chunk
-- for: jobs.batch.work
select exists (select from bureau.batch where ended_at is null)

-- claim_chunk
-- Lines that nobody works, each batch in its turn.  The lock goes with the worker's transaction.
-- touches: batch, batch_chunk
-- for: jobs.batch.work
select c.batch_id, c.chunk_no, b.member_id, b.wrapped_key, b.work_until, c.sealed
  from bureau.batch_chunk c join bureau.batch b using (batch_id)
 where c.worked_at is null and b.cancelled_at is null and b.ended_at is null
   and (%(batch)s::uuid is null or c.batch_id = %(batch)s)
 order by c.chunk_no, c.batch_id limit 1 for update of c skip locked

-- settle_chunk
-- What became of the lines of a chunk.
-- touches: batch_chunk
-- for: jobs.batch.work
update bureau.batch_chunk set worked_at = %s, result_sealed = %s, answered = %s, refused = %s, problems = %s
 where batch_id = %s and chunk_no = %s

-- end_batches
-- Batches of which no line is left.  A cancelled one ends when nobody works on it any more.
-- touches: batch, batch_chunk
-- for: jobs.batch.work
with free as (
  select c.batch_id, c.chunk_no from bureau.batch_chunk c join bureau.batch b using (batch_id)
   where c.worked_at is null and b.ended_at is null and b.cancelled_at is not null for update of c skip locked
)
update bureau.batch b set ended_at = %s
 where b.ended_at is null
   and not exists (select from bureau.batch_chunk c
                    where c.batch_id = b.batch_id and c.worked_at is null
                      and not exists (select from free f where f.batch_id = c.batch_id and f.chunk_no = c.chunk_no))
 returning b.batch_id, b.member_id, b.key

-- remove_batches
-- Batches whose term is over; their lines go with them.
-- touches: batch, batch_chunk
-- for: jobs.batch.work
delete from bureau.batch where expires_at <= %s

-- result_chunks
-- Lines of a batch after a line, with what became of them.
-- touches: batch_chunk
-- for: jobs.batch.results
select chunk_no, sealed, result_sealed from bureau.batch_chunk
 where batch_id = %s and last_line > %s order by chunk_no limit %s

-- used_key
-- Was this idempotency key used before, by a member that is known already.
-- touches: idempotency, inquiry, inquiry_unmatched, subject
-- for: jobs.inquiry.answer
select * from bureau.used_key(%s, %s, %s, %s)

-- told_before
-- What a member was told in earlier inquiries of its own, still sealed.
-- touches: inquiry, inquiry_unmatched, subject
-- for: jobs.batch.results
select * from bureau.told_before(%s, %s::uuid[], %s::uuid[])

-- defer_commits
-- Commits of this connection do not wait for the disk.
-- touches: batch_chunk
-- for: jobs.batch.work
select set_config('synchronous_commit', 'off', false)

-- wait_for_commits
-- They do again.
-- touches: batch_chunk
-- for: jobs.batch.work
select set_config('synchronous_commit', 'on', false)
