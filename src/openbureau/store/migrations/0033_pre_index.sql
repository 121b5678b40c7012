-- The hourly index: where each chain ended, and what opens its place in the index.
set local role openbureau_owner;
set local search_path = bureau;

-- One row a chain: as of the last index its label, its number of events and its last leaf.  `secret` opens its place in every
-- index of the shard; an erasure deletes the row.
create table index_end (
  subject_id uuid not null,
  shard int not null,
  label bytea not null,
  secret bytea not null check (length(secret) = 32),
  seq bigint not null,
  leaf_hash bytea not null,
  primary key (subject_id, shard)
);

-- Each index that was made: over how many entries of the log, of how many labels.
create table index_root (
  shard int not null,
  size bigint not null,
  labels bigint not null,
  root bytea not null,
  made_at timestamptz not null,
  leaf_hash bytea not null,
  primary key (shard, size)
);

-- The entries of each shard's last index in runs of 256: what proofs are made from.
create table index_page (
  shard int not null,
  number int not null,
  first_label bytea not null,
  entries bytea not null,
  root bytea not null,
  primary key (shard, number)
);

-- What stands for a label after its erasure: what it stood with in each index before, and a seed that opens nothing.  Names
-- nobody: the subject id is gone.
create table index_erased (
  shard int not null,
  label bytea not null,
  seed bytea not null check (length(seed) = 32),
  before bytea not null,
  primary key (shard, label)
);

create trigger append_only before update or delete or truncate on index_root for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on index_erased
  for each statement execute function refuse_change();

-- One of the makers of indexes and erasures at a time, to the end of its transaction.
create function lock_index() returns void language sql as $$ select pg_advisory_xact_lock(7203116) $$;

-- A person's rows go, and what stands for their labels comes, in one step.
create function erase_index_end(p_subject uuid, p_shard int, p_label bytea, p_seed bytea, p_before bytea)
returns void language plpgsql security definer set search_path = bureau as $$
begin
  delete from index_end where subject_id = p_subject and shard = p_shard and label = p_label;
  if not found then
    raise exception 'no such chain stands in the index' using errcode = 'OB007';
  end if;
  insert into index_erased values (p_shard, p_label, p_seed, p_before);
end $$;

-- A person's events in the log: number, leaf, place.
create function chain_places(p_subject uuid, p_shard int) returns table (seq bigint, leaf_hash bytea, leaf_index bigint)
language sql stable security definer set search_path = bureau as $$
  select e.seq, e.leaf_hash, l.leaf_index from event e join log_entry l using (leaf_hash)
   where e.subject_id = p_subject order by e.seq
$$;

revoke execute on function chain_places from public;
grant execute on function chain_places to openbureau_auditor, openbureau_eraser;
revoke execute on function lock_index, erase_index_end from public;
grant execute on function lock_index to openbureau_sequencer, openbureau_eraser;
grant execute on function erase_index_end to openbureau_eraser;
grant select on index_end, index_root, index_erased to openbureau_eraser;

grant select, insert, update on index_end to openbureau_sequencer;
grant select, insert on index_root to openbureau_sequencer;
grant select, insert, delete on index_page to openbureau_sequencer;
grant select on index_erased to openbureau_sequencer;
grant select on index_end, index_root, index_page, index_erased to openbureau_auditor;
grant select (subject_id, label) on subject to openbureau_sequencer;
grant select on label_head to openbureau_sequencer;
grant select (subject_id, leaf_hash, seq) on event to openbureau_sequencer;
grant insert on leaf_pending to openbureau_sequencer;
