-- Inquiries by file.  The courier works what waits: lines of batches, changes of watched files, deliveries.
do $$
begin
  if not exists (select from pg_roles where rolname = 'openbureau_courier') then
    create role openbureau_courier nologin;
  end if;
exception when duplicate_object or unique_violation then
  null;  -- another database of this server made it at the same moment
end $$;
grant usage on schema bureau to openbureau_courier;
set local role openbureau_owner;
set local search_path = bureau;

-- A file of inquiries.  What its sender may compare (size, digest) is sealed: a bare digest of identity numbers can be guessed.
create table batch (
  batch_id uuid primary key,
  member_id text not null,
  key text not null,
  content_key bytea not null,
  about_sealed bytea not null,
  wrapped_key bytea not null,
  lines int not null check (lines > 0),
  chunks int not null check (chunks > 0),
  received_at timestamptz not null,
  work_until timestamptz not null,
  expires_at timestamptz not null,
  cancelled_at timestamptz,
  ended_at timestamptz,
  unique (member_id, key)
);
create index batch_of on batch (member_id, batch_id desc);
create index batch_open on batch (received_at) where ended_at is null;

-- Some lines in their order, and, once worked, what became of each; both sealed under the batch's own key.
create table batch_chunk (
  batch_id uuid not null references batch on delete cascade,
  chunk_no int not null,
  last_line int not null,
  lines int not null,
  sealed bytea not null,
  worked_at timestamptz,
  result_sealed bytea,
  answered int not null default 0,
  no_hits int not null default 0,
  refused int not null default 0,
  problems int not null default 0,
  primary key (batch_id, chunk_no)
);
alter table batch_chunk alter column sealed set storage external, alter column result_sealed set storage external;
create index batch_chunk_open on batch_chunk (chunk_no, batch_id) where worked_at is null;

alter table batch enable row level security;
alter table batch force row level security;
alter table batch_chunk enable row level security;
alter table batch_chunk force row level security;
create policy everything on batch to openbureau_owner, openbureau_courier using (true) with check (true);
create policy everything on batch_chunk to openbureau_owner, openbureau_courier using (true) with check (true);
create policy own_rows on batch to openbureau_api
  using (member_id = current_setting('bureau.tenant', true)) with check (member_id = current_setting('bureau.tenant', true));
create policy own_rows on batch_chunk to openbureau_api
  using (exists (select from batch b where b.batch_id = batch_chunk.batch_id))
  with check (exists (select from batch b where b.batch_id = batch_chunk.batch_id));

-- Was this key used before by a member that is known already?  As `admit`, after it.
create function used_key(p_member text, p_key text, p_request_hash bytea, p_now timestamptz)
returns table (is_conflict boolean, inquiry_id uuid, outcome text, key_kind text, subject_id uuid, wrapped_key bytea,
               outcome_sealed bytea)
language plpgsql stable security definer set search_path = bureau as $$
#variable_conflict use_column
begin
  return query select i.request_hash <> p_request_hash, i.inquiry_id, coalesce(q.outcome, 'refused'),
                      coalesce(q.key_kind, 'bureau'), i.subject_id, s.wrapped_key, coalesce(q.outcome_sealed, u.outcome_sealed)
    from idempotency i
    left join inquiry q on q.subject_id = i.subject_id and q.inquiry_id = i.inquiry_id
    left join inquiry_unmatched u on i.subject_id is null and u.inquiry_id = i.inquiry_id
    left join subject s on q.key_kind = 'person' and s.subject_id = q.subject_id
   where i.member_id = p_member and i.key = p_key and i.expires_at > p_now;
end $$;

-- What a member was told in an earlier inquiry of its own, still sealed; a line's place is its number in the list.
create function told_before(p_member text, p_subjects uuid[], p_inquiries uuid[])
returns table (place bigint, inquiry_id uuid, outcome text, key_kind text, subject_id uuid, wrapped_key bytea,
               outcome_sealed bytea)
language plpgsql stable security definer set search_path = bureau as $$
#variable_conflict use_column
begin
  return query select w.place, w.inquiry_id, coalesce(q.outcome, 'refused'), coalesce(q.key_kind, 'bureau'), q.subject_id,
                      s.wrapped_key, coalesce(q.outcome_sealed, u.outcome_sealed)
    from unnest(p_subjects, p_inquiries) with ordinality as w (subject_id, inquiry_id, place)
    left join inquiry q on q.subject_id = w.subject_id and q.inquiry_id = w.inquiry_id and q.member_id = p_member
    left join inquiry_unmatched u on w.subject_id is null and u.inquiry_id = w.inquiry_id and u.member_id = p_member
    left join subject s on s.subject_id = q.subject_id
   where q.inquiry_id is not null or u.inquiry_id is not null
   order by w.place;
end $$;

revoke execute on all functions in schema bureau from public;
grant execute on function used_key, told_before to openbureau_api;
grant select, insert, update on batch to openbureau_api;
grant select, insert on batch_chunk to openbureau_api;
grant select, update, delete on batch, batch_chunk to openbureau_courier;
