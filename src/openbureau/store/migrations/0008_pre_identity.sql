-- Links between subjects, names decided on, what furnishers said of a subject, and the desk's cases.
set local role openbureau_owner;
set local search_path = bureau;

-- One number may be claimed by several subjects until the desk has decided: they are held apart.
alter table identifier drop constraint identifier_pkey;
alter table identifier add primary key (kind, blind, subject_id);

create index identifier_subject on identifier (subject_id);

create table identifier_dismissed (
  subject_id uuid not null,
  kind text not null,
  blind bytea not null,
  case_id uuid not null,
  primary key (subject_id, kind, blind)
);

create table name_known (
  subject_id uuid not null,
  name_blind bytea not null,
  rule_id text not null,
  known_at timestamptz not null,
  primary key (subject_id, name_blind)
);

-- What a furnisher said of a subject in a month; sealed is null where it is what the subject's own row holds.
create table identity_seen (
  subject_id uuid not null,
  member_id text not null,
  month int not null,
  content_blind bytea not null,
  known_at timestamptz not null,
  sealed bytea,
  primary key (subject_id, member_id, month, content_blind)
);

-- A link stands once on each side, each with the leaf in that side's own chain.
create table identity_link (
  subject_id uuid not null,
  link_id uuid not null,
  other_id uuid not null check (other_id <> subject_id),
  kind text not null check (kind in ('desk', 'rule')),
  evidence jsonb not null,
  probability numeric(7, 6) not null check (probability between 0 and 1),
  starts_at timestamptz not null,
  decided_by text[] not null,
  leaf_hash bytea not null,
  primary key (subject_id, link_id)
);
create table identity_unlink (
  subject_id uuid not null,
  link_id uuid not null,
  ended_at timestamptz not null,
  decided_by text[] not null,
  leaf_hash bytea not null,
  primary key (subject_id, link_id)
);

create table desk_case (
  subject_id uuid not null,
  case_id uuid not null,
  other_id uuid not null,
  kind text not null check (kind in ('id-name-conflict', 'mixed-file', 'split-file', 'proposal')),
  evidence jsonb not null,
  probability numeric(7, 6) not null,
  opened_at timestamptz not null,
  primary key (subject_id, case_id)
);
create unique index desk_case_once on desk_case (subject_id, other_id, kind, md5(evidence::text));
create index desk_case_id on desk_case (case_id);
create table desk_decision (
  subject_id uuid not null,
  case_id uuid not null,
  round int not null,
  reviewer text not null,
  choice text not null check (choice in ('link', 'apart', 'papers')),
  is_stolen boolean not null,
  holder_id uuid,
  reason_sealed bytea not null,
  decided_at timestamptz not null,
  primary key (subject_id, case_id, round, reviewer)
);
create table desk_case_end (
  subject_id uuid not null,
  case_id uuid not null,
  standing text not null check (standing in ('linked', 'kept-apart')),
  ended_at timestamptz not null,
  primary key (subject_id, case_id)
);

create table identity_run (
  run_id uuid primary key,
  kind text not null,
  started_at timestamptz not null,
  last_subject uuid not null,
  is_done boolean not null default false,
  subjects bigint not null default 0,
  cases bigint not null default 0,
  leaf_hash bytea not null
);

do $$
declare
  name text;
begin
  foreach name in array array['identifier_dismissed', 'name_known', 'identity_link', 'identity_unlink', 'desk_case',
                              'desk_decision', 'desk_case_end']
  loop
    execute format('create trigger append_only before update or delete or truncate on %I '
                   'for each statement execute function refuse_change()', name);
  end loop;
end $$;

-- The subjects that were one at an instant, in the order of their ids; the first is the one that is recorded on.  At
-- 'infinity': those that are one as this transaction sees it, whatever any clock says.
create function linked_set(p_subject uuid, p_at timestamptz) returns uuid[]
language plpgsql stable security definer set search_path = bureau as $$
begin
  if not exists (select from identity_link l where l.subject_id = p_subject) then
    return array[p_subject];
  end if;
  return (with recursive reach (id) as (
            select p_subject
            union
            select l.other_id
              from reach r
              join identity_link l on l.subject_id = r.id and l.starts_at <= p_at
             where not exists (select from identity_unlink u
                                where u.subject_id = l.subject_id and u.link_id = l.link_id and u.ended_at <= p_at))
          select array_agg(id order by id) from reach);
end $$;

-- The subjects that ever were one, whenever: what was used once stays used.
create function ever_linked(p_subject uuid) returns uuid[]
language plpgsql stable security definer set search_path = bureau as $$
begin
  if not exists (select from identity_link l where l.subject_id = p_subject) then
    return array[p_subject];
  end if;
  return (with recursive reach (id) as (
            select p_subject union select l.other_id from reach r join identity_link l on l.subject_id = r.id)
          select array_agg(id order by id) from reach);
end $$;

-- (plpgsql keeps its plans from call to call, a function in SQL does not.)
create function file_of(p_subjects uuid[], p_now timestamptz) returns text
language plpgsql stable security definer set search_path = bureau as $$
begin
  return json_build_object(
    't', coalesce((select json_agg(json_build_array(
           c.tradeline_id, c.furnisher_id, c.account_type, c.business_type, c.role, c.opened_on, c.closed_on, c.due_on,
           c.currency, c.limit_fen, c.account_status, c.five_class, c.as_of_on, c.first_month, c.statuses, c.balances,
           c.dues, c.paids, c.overdues, c.known_at) order by c.opened_on, c.tradeline_id)
         from tradeline_current c where c.subject_id = any (p_subjects)), '[]'::json),
    'i', coalesce((select json_agg(json_build_array(q.inquiry_id, q.member_id, q.purpose, q.asked_at, q.outcome)
                                   order by q.asked_at desc, q.inquiry_id)
         from (select * from inquiry x where x.subject_id = any (p_subjects) and x.asked_at > p_now - interval '2 years'
               order by x.asked_at desc limit 200) q), '[]'::json))::text;
end $$;
create or replace function file_text(p_subject uuid, p_now timestamptz) returns text
language sql stable security definer set search_path = bureau as $$
  select file_of(linked_set(p_subject, 'infinity'), p_now)
$$;

-- As before, over the linked set; one row for each set of subjects that claims the number: more than one is ambiguous.
create or replace function facts(p_member text, p_id_kind text, p_blind bytea, p_name_blind bytea, p_month text, p_lane int,
                                 p_now timestamptz)
returns table (subject_id uuid, kind text, name_agrees boolean, is_frozen boolean, is_deceased boolean, adult_on date,
               synthetic boolean, wrapped_key bytea, identity_sealed bytea, label bytea, seq bigint, head bytea,
               lane_seq bigint, last_charged_on date, consents text, file text)
language plpgsql stable security definer set search_path = bureau as $$
#variable_conflict use_column
begin
  return query with claim as materialized (
    select linked_set(d.subject_id, 'infinity') as ids,
           d.name_blind = p_name_blind
             or exists (select from name_known k where k.subject_id = d.subject_id and k.name_blind = p_name_blind) as agrees
      from identifier d
     where d.kind = p_id_kind and d.blind = p_blind
       and not exists (select from identifier_dismissed x
                        where x.subject_id = d.subject_id and x.kind = d.kind and x.blind = d.blind)
  ), holder as materialized (
    select c.ids, bool_or(c.agrees) as agrees from claim c group by c.ids
  )
  select s.subject_id, s.kind, o.agrees,
         exists (select from subject x where x.subject_id = any (o.ids) and x.is_frozen),
         exists (select from subject x where x.subject_id = any (o.ids) and x.deceased_on is not null),
         s.adult_on, s.synthetic, s.wrapped_key, s.identity_sealed, s.label, h.seq, h.leaf_hash,
         coalesce((select l.seq from lane_head l where l.member_id = p_member and l.bill_month = p_month and l.lane = p_lane), 0),
         (select max(c.charged_on) from charge c where c.subject_id = any (o.ids) and c.member_id = p_member),
         coalesce((select json_agg(json_build_array(c.consent_id, c.purpose, c.starts_on, c.ends_on, e.consent_id is not null,
                     c.is_one_time,
                     c.is_one_time and exists (select from inquiry q where q.subject_id = any (ever_linked(c.subject_id))
                                                and q.consent_id = c.consent_id and q.outcome = 'answered'),
                     encode(c.leaf_hash, 'hex')) order by c.consent_id)
                   from consent c left join consent_end e using (subject_id, consent_id)
                  where c.subject_id = any (o.ids) and c.member_id = p_member), '[]'::json)::text,
         file_of(o.ids, p_now)
    from holder o
    join subject s on s.subject_id = o.ids[1]
    join label_head h on h.subject_id = o.ids[1]
   order by s.subject_id;
end $$;

create or replace function record_inquiry(
  p_subject uuid, p_inquiry uuid, p_member text, p_key text, p_request_hash bytea, p_expires timestamptz,
  p_purpose text, p_product text, p_actor_user text, p_at timestamptz, p_outcome text, p_refusal text, p_consent uuid,
  p_key_kind text, p_sealed bytea, p_leaf bytea, p_entry bytea, p_event_kind text, p_event_sealed bytea, p_seq bigint,
  p_month text, p_lane int, p_lane_seq bigint, p_rule text, p_amount bigint, p_currency text)
returns text language plpgsql security definer set search_path = bureau as $$
declare
  ids uuid[] := linked_set(p_subject, 'infinity');
begin
  perform set_config('bureau.tenant', p_member, true);
  insert into idempotency values (p_member, p_key, p_request_hash, p_subject, p_inquiry, p_expires)
    on conflict (member_id, key) do update
       set request_hash = excluded.request_hash, subject_id = excluded.subject_id, inquiry_id = excluded.inquiry_id,
           expires_at = excluded.expires_at
     where idempotency.expires_at <= p_at;
  if not found then
    return 'taken';
  end if;
  -- Linked subjects' chains are held still in the order of their ids: no consent or freeze of theirs passes us.
  if cardinality(ids) > 1 then
    perform from label_head h where h.subject_id = any (ids) order by h.subject_id for update;
  end if;
  -- The person's chain moves with every consent, withdrawal, freeze, link and inquiry: if it did not move, none of them did.
  update label_head set seq = p_seq, leaf_hash = p_leaf where subject_id = p_subject and seq = p_seq - 1;
  if not found then
    raise exception 'the chain moved' using errcode = 'OB003';
  end if;
  if p_outcome <> 'refused' then
    perform from consent c left join consent_end e using (subject_id, consent_id)
      where c.subject_id = any (ids) and c.consent_id = p_consent and c.member_id = p_member and e.consent_id is null;
    if not found or exists (select from subject s where s.subject_id = any (ids) and s.is_frozen) then
      raise exception 'the consent or the freeze changed' using errcode = case when cardinality(ids) > 1 then 'OB003' else 'OB002' end;
    end if;
  end if;
  if p_amount > 0 then
    insert into lane_head values (p_member, p_month, p_lane, p_lane_seq)
      on conflict (member_id, bill_month, lane) do update set seq = excluded.seq where lane_head.seq = excluded.seq - 1;
    if not found then
      raise exception 'the lane moved' using errcode = 'OB003';
    end if;
    insert into charge values (p_subject, p_inquiry, p_member, p_month, p_lane, p_lane_seq, p_rule, p_amount, p_currency,
                               (p_at at time zone interval '08:00')::date);
  end if;
  insert into inquiry values (p_subject, p_inquiry, p_member, p_purpose, p_product, p_actor_user, p_at, p_outcome,
                              p_refusal, p_consent, p_leaf, p_key_kind, p_sealed);
  insert into event values (p_subject, p_leaf, p_event_kind, p_at, p_seq, p_member, p_key_kind, p_event_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_inquiry, p_entry, p_at);
  insert into notice values (p_subject, p_inquiry, p_event_kind, p_leaf, p_at);
  return 'recorded';
end $$;

-- The consents of a person and of those linked to them, newest first, each with the subject under which it was given.
drop function own_consents(uuid);
create function own_consents(p_subject uuid)
returns table (consent_id uuid, member_id text, purpose text, starts_on date, ends_on date, is_one_time boolean,
               given_at timestamptz, ended_at timestamptz, leaf_hash bytea, subject_id uuid)
language sql stable security definer set search_path = bureau as $$
  select c.consent_id, c.member_id, c.purpose, c.starts_on, c.ends_on, c.is_one_time, c.given_at, e.ended_at, c.leaf_hash,
         c.subject_id
    from consent c left join consent_end e using (subject_id, consent_id)
   where c.subject_id = any (linked_set(p_subject, 'infinity')) order by c.given_at desc, c.consent_id
$$;

-- A link, its end, or a look by staff: one event in each of two chains, in one transaction.  The left id is the smaller.
create function record_pair(
  p_kind text, p_at timestamptz, p_actor text, p_left uuid, p_left_event uuid, p_left_seq bigint, p_left_leaf bytea,
  p_left_entry bytea, p_left_sealed bytea, p_right uuid, p_right_event uuid, p_right_seq bigint, p_right_leaf bytea,
  p_right_entry bytea, p_right_sealed bytea, p_link uuid, p_link_kind text, p_evidence jsonb, p_probability numeric,
  p_decided_by text[])
returns text language plpgsql security definer set search_path = bureau as $$
declare
  is_linked boolean;
begin
  if p_left >= p_right then
    raise exception 'a pair is given in the order of its ids' using errcode = 'OB002';
  end if;
  update label_head set seq = p_left_seq, leaf_hash = p_left_leaf where subject_id = p_left and seq = p_left_seq - 1;
  if not found then
    return 'stale';
  end if;
  update label_head set seq = p_right_seq, leaf_hash = p_right_leaf where subject_id = p_right and seq = p_right_seq - 1;
  if not found then
    raise exception 'the chain moved' using errcode = 'OB003';
  end if;
  is_linked := exists (select from identity_link l where l.subject_id = p_left and l.other_id = p_right
                       and not exists (select from identity_unlink u where u.subject_id = p_left and u.link_id = l.link_id));
  if p_kind = 'link' then
    if is_linked or (select s.kind from subject s where s.subject_id = p_left)
                      <> (select s.kind from subject s where s.subject_id = p_right) then
      raise exception 'these two are linked, or can never be' using errcode = 'OB004';
    end if;
    insert into identity_link values
      (p_left, p_link, p_right, p_link_kind, p_evidence, p_probability, p_at, p_decided_by, p_left_leaf),
      (p_right, p_link, p_left, p_link_kind, p_evidence, p_probability, p_at, p_decided_by, p_right_leaf);
  elsif p_kind = 'unlink' then
    if not exists (select from identity_link l where l.subject_id = p_left and l.other_id = p_right and l.link_id = p_link
                   and not exists (select from identity_unlink u where u.subject_id = p_left and u.link_id = p_link)) then
      raise exception 'there is no such link' using errcode = 'OB004';
    end if;
    insert into identity_unlink values (p_left, p_link, p_at, p_decided_by, p_left_leaf),
                                       (p_right, p_link, p_at, p_decided_by, p_right_leaf);
  end if;
  insert into event values (p_left, p_left_leaf, p_kind, p_at, p_left_seq, p_actor, 'person', p_left_sealed),
                           (p_right, p_right_leaf, p_kind, p_at, p_right_seq, p_actor, 'person', p_right_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_left_event, p_left_entry, p_at),
                                                            (p_right_event, p_right_entry, p_at);
  return 'recorded';
end $$;

revoke execute on all functions in schema bureau from public;
grant execute on function own_consents, linked_set to openbureau_api;
grant execute on function linked_set to openbureau_auditor, openbureau_linkage;
grant execute on function record_pair, record_event, own_facts to openbureau_linkage;
grant select, insert on identity_seen, name_known, desk_case to openbureau_loader;
grant select on name_known, identifier_dismissed, desk_case_end to openbureau_loader;
grant update on furnished_subject to openbureau_loader;
grant select on subject, label_head, tradeline_current, furnished_subject, identity_seen, identity_link, identity_unlink,
  identifier_dismissed, name_known, desk_case, desk_decision, desk_case_end, identity_run to openbureau_linkage;
grant insert on identifier_dismissed, name_known, desk_case, desk_decision, desk_case_end, identity_run, event, leaf_pending
  to openbureau_linkage;
grant update on identity_run to openbureau_linkage;
grant select on identity_link, identity_unlink, identity_seen, desk_case, desk_decision, desk_case_end, identity_run
  to openbureau_auditor;
