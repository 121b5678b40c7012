-- Erasure: what is destroyed, by whose order, and what is left.  Only these functions change what is append-only, only in a
-- transaction that has begun an erasure, and only the eraser may call them.
set local role openbureau_owner;
set local search_path = bureau;

-- A person asks, or somebody in the right role decides; nothing is destroyed at anybody's mere wish.  `rules`: the articles.
create table erasure_order (
  subject_id uuid not null,
  order_id uuid not null unique,
  cause text not null check (cause in ('request', 'decision')),
  ordered_by text not null,
  handle text not null,
  reason text not null check (reason ~ '^[a-z-]*$'),
  policy text not null,
  rules text[] not null check (cardinality(rules) > 0),
  ordered_at timestamptz not null,
  primary key (subject_id, order_id)
);

-- What stays of every erasure: the signed statement, and its leaf.  `scope`: the whole file, or what was past its term.
create table erasure (
  subject_id uuid not null,
  erasure_id uuid not null unique,
  order_id uuid,
  cause text not null check (cause in ('request', 'decision', 'term')),
  scope text not null check (scope in ('file', 'expired')),
  subject_kind text not null,
  label bytea not null,
  seq bigint not null,
  leaf_hash bytea not null,
  statement bytea not null,
  signature bytea not null,
  erased_at timestamptz not null,
  primary key (subject_id, erasure_id),
  check ((cause = 'term') = (order_id is null)),
  check ((cause = 'term') = (scope = 'expired'))
);
create index erasure_leaf on erasure (leaf_hash);
create index erasure_when on erasure (erased_at);

-- The entries of the log whose openings were destroyed, in the order of their chain.  `residue_sealed`: what a bill needs of
-- one (actor, price, number), under the bureau's event key; it names nobody.
create table erased_leaf (
  subject_id uuid not null,
  place int not null,
  leaf_hash bytea not null,
  residue_sealed bytea,
  primary key (subject_id, place)
);
create index erased_leaf_hash on erased_leaf (leaf_hash);

-- Numbers that a correcting rule had given to records that were erased: whoever makes the facts again leaves them out, so that the
-- records after them are known at the instants at which they were.
create table erased_number (
  source_id uuid not null,
  record_no bigint not null,
  primary key (source_id, record_no)
);
grant select on erased_number to openbureau_loader, openbureau_auditor;

-- The transaction that erases right now.  Empty whenever nothing runs: a row lives from the beginning of an erasure to its end.
create table erasing (
  xact xid8 not null,
  subject_id uuid not null,
  scope text not null,
  primary key (xact, subject_id)
);

do $$
declare
  name text;
begin
  foreach name in array array['erasure_order', 'erasure', 'erased_leaf']
  loop
    execute format('create trigger append_only before update or delete or truncate on %I '
                   'for each statement execute function refuse_change()', name);
    execute format('grant select on %I to openbureau_auditor', name);
  end loop;
end $$;
grant select (subject_id, scope) on erasure to openbureau_loader;

-- As before, but within an erasure rows may go: of tables about people, never of the log, of acts, of bills and of erasures.
create or replace function refuse_change() returns trigger
language plpgsql security definer set search_path = bureau as $$
begin
  if tg_op <> 'TRUNCATE'
     and tg_table_name <> all (array['act', 'log_entry', 'log_head', 'member_key', 'staff_event', 'bill_month', 'invoice', 'charge',
                                     'credit_note', 'erasure', 'erased_leaf', 'answer_erased'])
     and exists (select from erasing e where e.xact = pg_current_xact_id_if_assigned()) then
    return null;
  end if;
  raise exception 'the table % is append-only', tg_table_name using errcode = 'OB001';
end $$;

-- Refuse what is not part of an erasure, of this subject and this scope where they are given.
create function must_be_erasing(p_subject uuid default null, p_scope text default null) returns void
language plpgsql security definer set search_path = bureau as $$
begin
  if not exists (select from erasing e where e.xact = pg_current_xact_id_if_assigned()
                    and coalesce(e.subject_id = p_subject, true) and coalesce(e.scope = p_scope, true)) then
    raise exception 'nothing is destroyed outside an erasure' using errcode = 'OB007';
  end if;
end $$;

-- A person's wish that the policies permit, or a decision of staff.
create function order_erasure(p_subject uuid, p_order uuid, p_cause text, p_by text, p_handle text, p_reason text, p_policy text,
                              p_rules text[], p_at timestamptz)
returns void language sql security definer set search_path = bureau as $$
  insert into erasure_order values (p_subject, p_order, p_cause, p_by, p_handle, p_reason, p_policy, p_rules, p_at)
$$;

-- Begin: the act is written, its entry queued, the person's chain closed.  'stale': the chain moved, read again.  OB007: nobody
-- ordered it.  An order serves for everyone whom it found linked, each once.
create function begin_erasure(
  p_subject uuid, p_erasure uuid, p_order uuid, p_cause text, p_scope text, p_statement bytea, p_signature bytea,
  p_at timestamptz, p_seq bigint, p_leaf bytea, p_leaf_id uuid, p_entry bytea, p_sealed bytea)
returns text language plpgsql security definer set search_path = bureau as $$
begin
  if p_cause <> 'term' and not exists (
       select from erasure_order o where o.order_id = p_order and o.cause = p_cause
          and o.subject_id = any (linked_set(p_subject, 'infinity')))
     or exists (select from erasure d where d.subject_id = p_subject and d.order_id = p_order) then
    raise exception 'no order for this erasure stands' using errcode = 'OB007';
  end if;
  update label_head set seq = p_seq, leaf_hash = p_leaf where subject_id = p_subject and seq = p_seq - 1;
  if not found then
    return 'stale';
  end if;
  insert into erasing values (pg_current_xact_id(), p_subject, p_scope);
  insert into erasure
    select p_subject, p_erasure, p_order, p_cause, p_scope, s.kind, s.label, p_seq, p_leaf, p_statement, p_signature, p_at
      from subject s where s.subject_id = p_subject;
  insert into event values (p_subject, p_leaf, 'erasure', p_at, p_seq, 'bureau', 'bureau', p_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_leaf_id, p_entry, p_at);
  return 'begun';
end $$;

-- The openings of all that ever happened to a file go; what a bill needs of one stays.
create function erase_openings(p_subject uuid, p_leaves bytea[], p_residues bytea[]) returns void
language plpgsql security definer set search_path = bureau as $$
declare
  gone bigint;
begin
  perform must_be_erasing(p_subject, 'file');
  insert into erased_leaf
    select p_subject, l.place, l.leaf, l.residue from unnest(p_leaves, p_residues) with ordinality as l (leaf, residue, place);
  delete from event e where e.subject_id = p_subject and e.leaf_hash = any (p_leaves);
  get diagnostics gone = row_count;
  if gone <> cardinality(p_leaves) or exists (select from event e where e.subject_id = p_subject and e.kind <> 'erasure') then
    raise exception 'an event is not among those that the act names' using errcode = 'OB007';
  end if;
end $$;

-- Of an answer its hash stays, and that it was given: to whom, for what, when (NDR Art. 12; `law/cn/retention.yaml`).
create function erase_answers(p_subject uuid, p_leaf bytea, p_at timestamptz, p_inquiries uuid[], p_hashes bytea[]) returns void
language plpgsql security definer set search_path = bureau as $$
begin
  perform must_be_erasing(p_subject, 'file');
  insert into answer_erased
    select p_subject, q.inquiry_id, q.member_id, h.hash, p_leaf, p_at
      from unnest(p_inquiries, p_hashes) as h (inquiry_id, hash)
      join inquiry q on q.subject_id = p_subject and q.inquiry_id = h.inquiry_id;
  delete from inquiry q where q.subject_id = p_subject and q.outcome = 'refused';
  if exists (select from inquiry q where q.subject_id = p_subject
                and not exists (select from answer_erased a
                                 where a.subject_id = p_subject and a.inquiry_id = q.inquiry_id)) then
    raise exception 'an answer has no hash to be kept' using errcode = 'OB007';
  end if;
  update inquiry set outcome_sealed = '', consent_id = null, key_kind = 'person' where subject_id = p_subject;
end $$;

-- Every row of every table that is about a subject, but what the law keeps: what was billed, what was provided to whom, the
-- erasure itself.  A new table with a subject in it is reached without being named here.
create function erase_rows(p_subject uuid) returns bigint
language plpgsql security definer set search_path = bureau as $$
declare
  name text;
  place text;
  gone bigint;
  total bigint := 0;
begin
  perform must_be_erasing(p_subject, 'file');
  update feed_event f set reference = '', trigger = null
   where f.about in (select m.monitor_id from monitor m where m.subject_id = p_subject
                     union all select a.alert_id from alert a where a.subject_id = p_subject)
      or f.event_id in (select a.alert_id from alert a where a.subject_id = p_subject);
  -- Under the number: only what is theirs and nobody else's, where another claims the same number under another name.
  delete from consent_intent i using identifier d
   where d.subject_id = p_subject and i.id_kind = d.kind and i.id_blind = d.blind
     and (i.name_blind = d.name_blind
          or not exists (select from identifier o where o.kind = d.kind and o.blind = d.blind and o.subject_id <> p_subject));
  delete from marked_person m using identifier d
   where d.subject_id = p_subject and m.kind = d.kind and m.blind = d.blind
     and not exists (select from identifier o where o.kind = d.kind and o.blind = d.blind and o.subject_id <> p_subject);
  insert into erased_number
    select distinct c.source_id, c.record_no from correction c
      join correction_rule r on r.rule_id = c.source_id
     where c.subject_id = p_subject
       and not exists (select from correction o where o.source_id = c.source_id and o.record_no = c.record_no
                          and o.subject_id <> p_subject)
    on conflict do nothing;
  for name, place in
    select c.relname, a.attname from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'bureau'::regnamespace and c.relkind in ('r', 'p')
       and a.attname in ('subject_id', 'other_id', 'holder_id') and a.atttypid = 'uuid'::regtype
       and c.relname <> all (array['erasing', 'erasure', 'erasure_order', 'erased_leaf', 'answer_erased', 'event', 'inquiry', 'charge',
                                   'credit_note', 'bill_dispute', 'furnished_account'])
     order by c.relname
  loop
    execute format('delete from %I where %I = $1', name, place) using p_subject;
    get diagnostics gone = row_count;
    total := total + gone;
  end loop;
  -- The furnisher's key of an account stays while others are parties to it: it is theirs too.
  delete from furnished_account f
   where (f.subject_id = p_subject or exists (select from erasure e where e.subject_id = f.subject_id and e.scope = 'file'))
     and not exists (select from account_party o where o.member_id = f.member_id and o.account_key = f.account_key);
  get diagnostics gone = row_count;
  return total + gone;
end $$;

-- A receipt under a new key: the old one is gone, and with it what it sealed.
create function rekey_receipt(p_receipt uuid, p_wrapped bytea) returns void
language plpgsql security definer set search_path = bureau as $$
begin
  perform must_be_erasing();
  update receipt set wrapped_key = p_wrapped where receipt_id = p_receipt;
  delete from receipt_container where receipt_id = p_receipt;
end $$;
create function reseal_chunk(p_receipt uuid, p_chunk int, p_sealed bytea) returns void
language plpgsql security definer set search_path = bureau as $$
begin
  perform must_be_erasing();
  update receipt_chunk set sealed = p_sealed where receipt_id = p_receipt and chunk_no = p_chunk;
  if not found then
    raise exception 'there is no such chunk' using errcode = 'OB007';
  end if;
end $$;

-- Lines of a file of inquiries without those that name the person; their results say that they were erased.
create function reseal_batch(p_batch uuid, p_chunk int, p_sealed bytea, p_results bytea) returns void
language plpgsql security definer set search_path = bureau as $$
begin
  perform must_be_erasing();
  update batch_chunk set sealed = p_sealed, result_sealed = case when result_sealed is null then null else p_results end
   where batch_id = p_batch and chunk_no = p_chunk;
end $$;

-- What members wrote about a charge of this person goes; that they disputed it, and what was decided, stays with the bill.
create function erase_words(p_subject uuid, p_disputes uuid[], p_sealed bytea[]) returns void
language plpgsql security definer set search_path = bureau as $$
begin
  perform must_be_erasing(p_subject, 'file');
  update bill_dispute d set words_sealed = w.sealed from unnest(p_disputes, p_sealed) as w (dispute_id, sealed)
   where d.dispute_id = w.dispute_id and d.subject_id = p_subject;
end $$;

-- The end: from here on the transaction changes nothing append-only any more.
create function end_erasure() returns void language sql security definer set search_path = bureau as $$
  delete from erasing where xact = pg_current_xact_id_if_assigned()
$$;

revoke execute on all functions in schema bureau from public;
grant execute on function begin_erasure, erase_openings, erase_answers, erase_rows, rekey_receipt, reseal_chunk, reseal_batch,
  erase_words, end_erasure to openbureau_eraser;
grant execute on function order_erasure to openbureau_api;
