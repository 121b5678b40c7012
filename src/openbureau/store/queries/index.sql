-- lock_index
-- Who makes indexes or erases is alone, to the end of the transaction.
-- touches: index_root
-- for: jobs.log.index
select bureau.lock_index()

-- last_index
-- The newest index of a shard.
-- touches: index_root
-- for: jobs.log.index
select size, labels, root, made_at, leaf_hash from bureau.index_root where shard = %s and size <= %s order by size desc limit 1

-- all_indexes
-- Every index of a shard, in order.
-- touches: index_root
-- for: jobs.log.index
select size, labels, root, made_at, leaf_hash from bureau.index_root where shard = %s order by size

-- moved_ends
-- Chains that grew since the last index, each with its end below a size of the log.
-- touches: label_head, subject, index_end, event, log_entry
-- for: jobs.log.index
select h.subject_id, s.label, i.secret, e.seq, e.leaf_hash
  from bureau.label_head h join bureau.subject s using (subject_id)
  left join bureau.index_end i on i.subject_id = h.subject_id and i.shard = %(shard)s
 cross join lateral (select e.seq, e.leaf_hash from bureau.event e join bureau.log_entry l using (leaf_hash)
                      where e.subject_id = h.subject_id and e.seq > coalesce(i.seq, 0) and l.leaf_index < %(size)s
                      order by e.seq desc limit 1) e
 where h.seq > coalesce(i.seq, 0)

-- put_ends
-- Where chains end now.
-- touches: index_end
-- for: jobs.log.index
insert into bureau.index_end
select * from unnest(%s::uuid[], %s::int[], %s::bytea[], %s::bytea[], %s::bigint[], %s::bytea[])
    on conflict (subject_id, shard) do update set seq = excluded.seq, leaf_hash = excluded.leaf_hash

-- ends_now
-- The end of every chain as of the last index.
-- touches: index_end
-- for: jobs.log.index
select label, secret, seq, leaf_hash from bureau.index_end where shard = %s

-- ends_at
-- The end of every chain at an earlier size of the log.
-- touches: index_end, event, log_entry
-- for: jobs.log.index
select i.label, i.secret, e.seq, e.leaf_hash from bureau.index_end i
 cross join lateral (select e.seq, e.leaf_hash from bureau.event e join bureau.log_entry l using (leaf_hash)
                      where e.subject_id = i.subject_id and l.leaf_index < %(size)s order by e.seq desc limit 1) e
 where i.shard = %(shard)s

-- own_ends
-- A person's rows of the index.
-- touches: index_end
-- for: jobs.log.index
select shard, label, secret, seq, leaf_hash from bureau.index_end where subject_id = %s order by shard

-- chain_places
-- A person's events in the log.
-- touches: event, log_entry
-- for: jobs.log.index
select * from bureau.chain_places(%s, %s)

-- erased_ends
-- What stands for erased labels.
-- touches: index_erased
-- for: jobs.log.index
select label, seed, before from bureau.index_erased where shard = %s

-- erase_index_end
-- A person's row goes, what stands for it comes.
-- touches: index_end, index_erased
-- for: jobs.log.index
select bureau.erase_index_end(%s, %s, %s, %s, %s)

-- add_index
-- An index that was made.
-- touches: index_root
-- for: jobs.log.index
insert into bureau.index_root values (%s, %s, %s, %s, %s, %s)

-- forget_pages
-- The entries of the index before.
-- touches: index_page
-- for: jobs.log.index
delete from bureau.index_page where shard = %s

-- index_page_of
-- The run of entries in which a label stands or would stand.
-- touches: index_page
-- for: jobs.log.index
select number from bureau.index_page where shard = %s and first_label <= %s order by first_label desc limit 1

-- index_page_at
-- A run of entries.
-- touches: index_page
-- for: jobs.log.index
select entries from bureau.index_page where shard = %s and number = %s

-- index_page_roots
-- The roots of all runs, in order.
-- touches: index_page
-- for: jobs.log.index
select root from bureau.index_page where shard = %s order by number
