-- Members sign in with keys: tokens that are bound, ids that are seen once, statements on keys.
set local role openbureau_owner;
set local search_path = bureau;

-- `kid`: the member's key that obtained the token; `jkt`, `x5t`: SHA-256 of the key or certificate it is bound to.  A row
-- without any of them is a sandbox token.
alter table member_token
  add column kid text,
  add column scopes text[],
  add column jkt bytea,
  add column x5t bytea,
  add constraint bound_or_sandbox check ((kid is null) = (jkt is null and x5t is null));

-- What may be seen once: ids of assertions and proofs, nonces of signatures; hashed, kept until nobody would accept them.
create table replay (
  issuer text not null,
  kind text not null check (kind in ('assertion', 'proof', 'nonce')),
  value bytea not null,
  expires_at timestamptz not null,
  primary key (issuer, kind, value)
);

-- The statements of members on their keys, in the order of each member's chain.  A row is believed only where the chain of
-- signatures from the founding act leads to it.
create table member_key (
  member_id text not null,
  number int not null,
  content text not null,
  leaf_hash bytea not null,
  stated_at timestamptz not null,
  primary key (member_id, number)
);
create trigger append_only before update or delete or truncate on member_key
  for each statement execute function refuse_change();
grant select on member_key to openbureau_auditor;

-- The statements of a member, in order, as a JSON list of texts.
create function member_keys(p_member text) returns text
language sql stable security definer set search_path = bureau as $$
  select coalesce(json_agg(k.content order by k.number), '[]'::json)::text from member_key k where k.member_id = p_member
$$;

-- The next statement of a member with its entry for the log; false where another took its number.
create function add_member_key(p_member text, p_number int, p_content text, p_leaf bytea, p_leaf_id uuid, p_entry bytea,
                               p_now timestamptz)
returns boolean language plpgsql security definer set search_path = bureau as $$
begin
  insert into member_key values (p_member, p_number, p_content, p_leaf, p_now) on conflict do nothing;
  if not found then
    return false;
  end if;
  insert into leaf_pending (leaf_id, entry, made_at) values (p_leaf_id, p_entry, p_now);
  return true;
end $$;

-- A bound token, unless one of the ids that asked for it was seen before.
create function issue_token(p_issuer text, p_kinds text[], p_values bytea[], p_keep timestamptz, p_token_hash bytea,
                            p_member text, p_kid text, p_scopes text[], p_jkt bytea, p_x5t bytea, p_now timestamptz,
                            p_until timestamptz)
returns boolean language plpgsql security definer set search_path = bureau as $$
declare
  seen int;
begin
  insert into replay select p_issuer, k.kind, k.value, p_keep from unnest(p_kinds, p_values) as k (kind, value)
    on conflict do nothing;
  get diagnostics seen = row_count;
  if seen <> cardinality(p_values) then
    return false;
  end if;
  insert into member_token values (p_token_hash, p_member, p_now, p_until, p_kid, p_scopes, p_jkt, p_x5t);
  return true;
end $$;

-- Who is the caller, and was this key used before?  Touches no person.  Where a request carries ids that may be seen once,
-- they are kept in the same call, after it is clear that the token is held by who shows it.  `is_fresh` is false where one of
-- them was seen before: then nothing else is told.  With an idempotency key the ids are not flushed to the disk before the
-- answer: a repeat that a crash makes acceptable again finds the key, whose row is flushed (decision 0020).
drop function admit(bytea, text, bytea, timestamptz);
create function admit(p_token_hash bytea, p_key text, p_request_hash bytea, p_now timestamptz, p_jkt bytea, p_x5t bytea,
                      p_kinds text[], p_values bytea[], p_keep timestamptz)
returns table (member_id text, is_known_key boolean, is_conflict boolean, inquiry_id uuid, outcome text, key_kind text,
               subject_id uuid, wrapped_key bytea, outcome_sealed bytea, is_bound boolean, is_fresh boolean, kid text,
               scopes text[], statements text)
language plpgsql security definer set search_path = bureau as $$
#variable_conflict use_column
declare
  held member_token;
  seen int := 0;
begin
  select * into held from member_token t
   where t.token_hash = p_token_hash and t.valid_from <= p_now and t.valid_until > p_now
     and t.jkt is not distinct from p_jkt and (t.x5t is null or t.x5t = p_x5t);
  if not found then
    return;
  end if;
  if cardinality(p_values) > 0 then
    if p_key <> '' then
      perform set_config('synchronous_commit', 'off', true);
    end if;
    insert into replay select held.member_id, k.kind, k.value, p_keep from unnest(p_kinds, p_values) as k (kind, value)
      on conflict do nothing;
    get diagnostics seen = row_count;
    if seen <> cardinality(p_values) then
      return query select held.member_id, false, false, null::uuid, null::text, null::text, null::uuid, null::bytea,
                          null::bytea, held.kid is not null, false, held.kid, held.scopes, '[]'::text;
      return;
    end if;
  end if;
  return query
  select held.member_id,
         i.member_id is not null,
         coalesce(i.request_hash <> p_request_hash, false),
         i.inquiry_id,
         coalesce(q.outcome, case when i.inquiry_id is not null then 'refused' end),
         coalesce(q.key_kind, 'bureau'),
         i.subject_id,
         s.wrapped_key,
         coalesce(q.outcome_sealed, u.outcome_sealed),
         held.kid is not null, true, held.kid, held.scopes,
         member_keys(held.member_id)
    from (select 1) as one
    left join idempotency i on i.member_id = held.member_id and i.key = p_key and i.expires_at > p_now
    left join inquiry q on q.subject_id = i.subject_id and q.inquiry_id = i.inquiry_id
    left join inquiry_unmatched u on i.subject_id is null and u.inquiry_id = i.inquiry_id
    left join subject s on q.key_kind = 'person' and s.subject_id = q.subject_id;
end $$;

-- Forget ids and tokens that nobody would accept any more; how many.
create function forget_sign_ins(p_now timestamptz, p_most int) returns bigint
language sql security definer set search_path = bureau as $$
  with ids as (
    delete from replay where ctid in (select r.ctid from replay r where r.expires_at < p_now limit p_most) returning 1
  ), tokens as (
    delete from member_token where ctid in
      (select t.ctid from member_token t where t.valid_until < p_now - interval '1 day' limit p_most) returning 1
  )
  select (select count(*) from ids) + (select count(*) from tokens)
$$;

revoke execute on all functions in schema bureau from public;
grant execute on function admit, issue_token, member_keys, add_member_key to openbureau_api;
grant execute on function forget_sign_ins to openbureau_sequencer;
grant execute on function member_keys to openbureau_auditor;
