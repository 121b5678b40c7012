-- A made-up person of the sandbox may be dead for a lender's test.  For real people a death needs more than a claim.
set local role openbureau_owner;
set local search_path = bureau;

create function mark_made_up_deceased(p_subject uuid, p_on date) returns void
language sql security definer set search_path = bureau as $$
  update subject set deceased_on = p_on where subject_id = p_subject and synthetic
$$;

revoke execute on all functions in schema bureau from public;
grant execute on function mark_made_up_deceased to openbureau_loader;

-- How members ask: found by member and time, for quotas, for a member's own list and for the watch over conduct.
create index inquiry_by_member on inquiry (member_id, asked_at);
create index inquiry_unmatched_by_member on inquiry_unmatched (member_id, asked_at);

-- People in the public eye, as blind indexes: who is on the list cannot be read from it.  The last row of each counts.
create table marked_person (
  kind text not null,
  blind bytea not null,
  marked_at timestamptz not null,
  is_marked boolean not null,
  primary key (kind, blind, marked_at)
);

-- A question to a member about how one of its users asks.  Names inquiries by their leaves and nobody by anything.
create table abuse_case (
  case_id uuid primary key,
  member_id text not null,
  actor_user text not null,
  rule text not null,
  opened_at timestamptz not null,
  figures text not null,
  evidence text[] not null,
  law_digest text not null,
  leaf_hash bytea not null
);
create index abuse_case_of_member on abuse_case (member_id, opened_at desc);

-- What was said of a case: the member's explanation, the decision.  Words are sealed under the bureau's event key.
create table abuse_word (
  word_id uuid primary key,
  case_id uuid not null,
  kind text not null check (kind in ('explained', 'confirmed', 'dismissed')),
  said_by text not null,
  said_at timestamptz not null,
  words_sealed bytea not null,
  leaf_hash bytea not null
);
create unique index abuse_decided_once on abuse_word (case_id) where kind <> 'explained';
create index abuse_word_of_case on abuse_word (case_id, said_at);

create table abuse_slowdown (
  case_id uuid not null,
  member_id text not null,
  actor_user text not null,
  rule text not null,
  divisor int not null check (divisor > 1),
  from_at timestamptz not null,
  until_at timestamptz not null,
  primary key (case_id, until_at)
);
create index abuse_slowdown_until on abuse_slowdown (until_at);

do $$
declare
  name text;
begin
  foreach name in array array['marked_person', 'abuse_case', 'abuse_word', 'abuse_slowdown']
  loop
    execute format('create trigger append_only before update or delete or truncate on %I '
                   'for each statement execute function refuse_change()', name);
  end loop;
end $$;

alter table abuse_case enable row level security;
alter table abuse_case force row level security;
create policy everything on abuse_case to openbureau_owner, openbureau_auditor using (true) with check (true);
create policy own_rows on abuse_case for select to openbureau_api
  using (member_id = current_setting('bureau.tenant', true));
alter table abuse_word enable row level security;
alter table abuse_word force row level security;
create policy everything on abuse_word to openbureau_owner, openbureau_auditor using (true) with check (true);
create policy own_rows on abuse_word for select to openbureau_api
  using (exists (select from abuse_case c where c.case_id = abuse_word.case_id));

-- The inquiries of a member as conduct sees them; people only told apart.
create function inquiry_facts(p_member text, p_from timestamptz, p_to timestamptz, p_follow int)
returns table (asked_at timestamptz, actor_user text, purpose text, subject_id uuid, outcome text, refusal_code text,
               is_marked boolean, is_related boolean, has_followed boolean, leaf_hash bytea)
language sql stable security definer set search_path = bureau as $$
  with marked as materialized (
    select i.subject_id from (select distinct on (m.kind, m.blind) m.kind, m.blind, m.is_marked from marked_person m
                               order by m.kind, m.blind, m.marked_at desc) l
      join identifier i on i.kind = l.kind and i.blind = l.blind where l.is_marked
  ), asked as (
    select q.*, (q.asked_at at time zone interval '08:00')::date as day
      from inquiry q where q.member_id = p_member and q.asked_at > p_from and q.asked_at <= p_to
  )
  select a.asked_at, a.actor_user, a.purpose, a.subject_id, a.outcome, a.refusal_code,
         exists (select from marked m where m.subject_id = a.subject_id),
         exists (select from tradeline_current c where c.subject_id = a.subject_id and c.furnisher_id = p_member
                    and c.opened_on < a.day and (c.closed_on is null or c.closed_on >= a.day)),
         exists (select from tradeline_current c where c.subject_id = a.subject_id and c.furnisher_id = p_member
                    and c.opened_on >= a.day and c.opened_on <= a.day + p_follow),
         a.leaf_hash
    from asked a
  union all
  select u.asked_at, u.actor_user, u.purpose, null, 'refused', u.refusal_code, false, false, false, u.leaf_hash
    from inquiry_unmatched u where u.member_id = p_member and u.asked_at > p_from and u.asked_at <= p_to
$$;

-- How many inquiries were recorded between two instants, by member and user.
create function asked_counts(p_members text[], p_from timestamptz, p_to timestamptz)
returns table (member_id text, actor_user text, asked bigint)
language sql stable security definer set search_path = bureau as $$
  select x.member_id, x.actor_user, count(*) from (
    select q.member_id, q.actor_user from inquiry q
     where q.member_id = any (p_members) and q.asked_at > p_from and q.asked_at <= p_to
    union all
    select u.member_id, u.actor_user from inquiry_unmatched u
     where u.member_id = any (p_members) and u.asked_at > p_from and u.asked_at <= p_to) x
   group by x.member_id, x.actor_user
$$;

-- Who is slowed down now; a dismissed case slows nobody.
create function slowdowns(p_now timestamptz)
returns table (member_id text, actor_user text, divisor int, until_at timestamptz, case_id uuid, rule text)
language sql stable security definer set search_path = bureau as $$
  select s.member_id, s.actor_user, s.divisor, s.until_at, s.case_id, s.rule from abuse_slowdown s
   where s.from_at <= p_now and s.until_at > p_now
     and not exists (select from abuse_word w where w.case_id = s.case_id and w.kind = 'dismissed')
$$;

-- A case with its leaf and, where it is sure enough, its slow-down; false when the same is already asked.
create function open_abuse_case(
  p_case uuid, p_member text, p_user text, p_rule text, p_at timestamptz, p_figures text, p_evidence text[], p_law text,
  p_since timestamptz, p_divisor int, p_until timestamptz, p_leaf bytea, p_entry bytea, p_kind text, p_sealed bytea)
returns boolean language plpgsql security definer set search_path = bureau as $$
begin
  perform pg_advisory_xact_lock(7203117);
  if exists (select from abuse_case c where c.member_id = p_member and c.actor_user = p_user and c.rule = p_rule
                and c.opened_at > p_since) then
    return false;
  end if;
  insert into abuse_case values (p_case, p_member, p_user, p_rule, p_at, p_figures, p_evidence, p_law, p_leaf);
  if p_divisor is not null then
    insert into abuse_slowdown values (p_case, p_member, p_user, p_rule, p_divisor, p_at, p_until);
  end if;
  insert into event values ('00000000-0000-0000-0000-000000000000', p_leaf, p_kind, p_at, 0, 'bureau', 'bureau', p_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_case, p_entry, p_at);
  return true;
end $$;

-- A member's explanation (p_member given: of its own case only), or a decision, once a case; a confirmed one goes on slowing.
create function add_abuse_word(
  p_case uuid, p_word uuid, p_kind text, p_by text, p_at timestamptz, p_words bytea, p_member text, p_until timestamptz,
  p_leaf bytea, p_entry bytea, p_event_kind text, p_sealed bytea)
returns text language plpgsql security definer set search_path = bureau as $$
begin
  perform from abuse_case c where c.case_id = p_case and (p_member is null or c.member_id = p_member) for update;
  if not found then
    return 'unknown';
  end if;
  if exists (select from abuse_word w where w.case_id = p_case and w.kind <> 'explained') then
    return 'decided';
  end if;
  insert into abuse_word values (p_word, p_case, p_kind, p_by, p_at, p_words, p_leaf);
  if p_kind = 'confirmed' then
    insert into abuse_slowdown
      select c.case_id, c.member_id, c.actor_user, c.rule, s.divisor, p_at, p_until
        from abuse_case c join abuse_slowdown s using (case_id) where c.case_id = p_case
       order by s.from_at desc limit 1;
  end if;
  insert into event values ('00000000-0000-0000-0000-000000000000', p_leaf, p_event_kind, p_at, 0, p_by, 'bureau', p_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_word, p_entry, p_at);
  return 'recorded';
end $$;

revoke execute on all functions in schema bureau from public;
grant select on abuse_case, abuse_word to openbureau_api, openbureau_auditor;
grant select on abuse_slowdown, marked_person to openbureau_auditor;
grant insert on marked_person to openbureau_loader;
grant execute on function asked_counts, slowdowns, add_abuse_word to openbureau_api;
grant execute on function inquiry_facts, open_abuse_case, slowdowns, add_abuse_word to openbureau_auditor;
