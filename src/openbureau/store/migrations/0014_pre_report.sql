-- The whole file: what is held beside accounts, now and as it was known; earlier answers by their number; what a lender last saw.
set local role openbureau_owner;
set local search_path = bureau;

-- An answer is asked for again by its number alone.
create index inquiry_number on inquiry (inquiry_id);

-- What stays of an answer after a lawful erasure: its hash and the leaf of the erasure.  Written by the erasure, which still
-- holds the key that it is about to destroy.
create table answer_erased (
  subject_id uuid not null,
  inquiry_id uuid not null,
  member_id text not null,
  answer_hash bytea not null,
  leaf_hash bytea not null,
  erased_at timestamptz not null,
  primary key (subject_id, inquiry_id)
);
create index answer_erased_number on answer_erased (inquiry_id);
create trigger append_only before update or delete or truncate on answer_erased
  for each statement execute function refuse_change();
grant select on answer_erased to openbureau_auditor;

-- What is held beside accounts and their months, as known at an instant: guarantees, public records (words still sealed, each
-- with the key of the subject it stands under), shares, parts in joint accounts, inquiries made elsewhere.
create function further_of(p_subjects uuid[], p_as_of timestamptz, p_now timestamptz) returns json
language plpgsql stable security definer set search_path = bureau as $$
begin
  return json_build_object(
    'g', (select json_agg(json_build_array(g.guarantee_id, g.furnisher_id, g.tradeline_id, g.guarantee_kind, g.starts_on, g.ends_on,
                   g.currency, g.amount_fen, g.outstanding_fen, g.guarantee_status, g.true_on) order by g.starts_on, g.guarantee_id)
          from (select distinct on (x.subject_id, x.guarantee_id) x.* from guarantee_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                 order by x.subject_id, x.guarantee_id, x.known_at desc) g),
    'p', (select json_agg(json_build_array(r.public_id, r.furnisher_id, r.public_kind, r.decided_on, r.amount_fen, r.public_status,
                   r.ended_on, r.true_on, r.subject_id, encode(s.wrapped_key, 'base64'), encode(r.words_sealed, 'base64'))
                   order by r.decided_on, r.public_id)
          from (select distinct on (x.subject_id, x.public_id) x.* from public_record_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                 order by x.subject_id, x.public_id, x.known_at desc) r
          join subject s on s.subject_id = r.subject_id),
    's', (select json_agg(json_build_array(h.tradeline_id, h.funder, h.share_bp) order by h.share_bp desc, h.funder)
          from (select distinct on (x.subject_id, x.tradeline_id, x.funder) x.* from share_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                 order by x.subject_id, x.tradeline_id, x.funder, x.known_at desc) h where h.share_bp > 0),
    'l', (select json_agg(json_build_array(y.tradeline_id, y.liability_fen, y.ended_on) order by y.tradeline_id)
          from (select distinct on (x.subject_id, x.tradeline_id) x.* from party_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                 order by x.subject_id, x.tradeline_id, x.known_at desc) y
          where y.liability_fen is not null or y.ended_on is not null),
    'o', (select json_agg(json_build_array(o.inquiry_id, o.furnisher_id, o.asked_by, o.asker_kind, o.reason, o.true_on)
                   order by o.true_on desc, o.inquiry_id)
          from (select distinct on (x.subject_id, x.inquiry_id) x.* from outside_inquiry_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                   and x.true_on > (p_now - interval '2 years')::date
                 order by x.subject_id, x.inquiry_id, x.known_at desc) o));
end $$;

-- Is a look-up by a court or an authority, of which the person is told later, still to be kept quiet?
create function is_quiet(p_subject uuid, p_inquiry uuid, p_at timestamptz) returns boolean
language sql stable parallel safe as $$
  select exists (select from bureau.inquiry_document d where d.subject_id = p_subject and d.inquiry_id = p_inquiry
                   and d.told_on > (p_at at time zone interval '08:00')::date)
$$;

-- As before, with what is held beside accounts.  An answer told again is in the diary, not among the inquiries.
create or replace function file_of(p_subjects uuid[], p_now timestamptz) returns text
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
                 and x.product not like 'replay;%'
                 and (x.consent_id is not null or not is_quiet(x.subject_id, x.inquiry_id, p_now))
               order by x.asked_at desc limit 200) q), '[]'::json),
    'f', further_of(p_subjects, 'infinity', p_now))::text;
end $$;

-- The same as known at an instant, rebuilt from the ledger.  What was deleted until `p_deleted_until` is left out.
create function file_as_of(p_subjects uuid[], p_as_of timestamptz, p_deleted_until timestamptz) returns text
language plpgsql stable security definer set search_path = bureau as $$
begin
  return (
    with lines as (
      select distinct on (x.subject_id, x.tradeline_id) x.* from tradeline_fact x
       where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
         and not is_deleted(x.subject_id, x.tradeline_id, -1, x.known_at, p_deleted_until)
       order by x.subject_id, x.tradeline_id, x.known_at desc
    ), latest as (
      select distinct on (x.subject_id, x.tradeline_id, x.month) x.* from month_fact x
       where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
         and not is_deleted(x.subject_id, x.tradeline_id, x.month, x.known_at, p_deleted_until)
       order by x.subject_id, x.tradeline_id, x.month, x.known_at desc
    ), span as (
      select subject_id, tradeline_id, greatest(min(month), max(month) - 59) as first_month, max(month) as last_month,
             max(known_at) as known_at
        from latest group by subject_id, tradeline_id
    ), columns as (
      select s.subject_id, s.tradeline_id, s.first_month, s.known_at,
             string_agg(coalesce(l.status, ' '), '' order by g.month) as statuses,
             array_agg(coalesce(l.balance_fen, -1) order by g.month) as balances,
             array_agg(coalesce(l.due_fen, -1) order by g.month) as dues,
             array_agg(coalesce(l.paid_fen, -1) order by g.month) as paids,
             array_agg(coalesce(l.overdue_fen, -1) order by g.month) as overdues
        from span s cross join lateral generate_series(s.first_month, s.last_month) as g (month)
        left join latest l on l.subject_id = s.subject_id and l.tradeline_id = s.tradeline_id and l.month = g.month
       group by s.subject_id, s.tradeline_id, s.first_month, s.known_at
    )
    select json_build_object(
      't', coalesce((select json_agg(json_build_array(
             f.tradeline_id, f.furnisher_id, f.account_type, f.business_type, f.role, f.opened_on, f.closed_on, f.due_on,
             f.currency, f.limit_fen, f.account_status, f.five_class, f.true_on, coalesce(c.first_month, 0),
             coalesce(c.statuses, ''), coalesce(c.balances, '{}'), coalesce(c.dues, '{}'), coalesce(c.paids, '{}'),
             coalesce(c.overdues, '{}'), greatest(f.known_at, c.known_at)) order by f.opened_on, f.tradeline_id)
           from lines f left join columns c using (subject_id, tradeline_id)), '[]'::json),
      'i', coalesce((select json_agg(json_build_array(q.inquiry_id, q.member_id, q.purpose, q.asked_at, q.outcome)
                                     order by q.asked_at desc, q.inquiry_id)
           from (select * from inquiry x where x.subject_id = any (p_subjects) and x.asked_at < p_as_of
                   and x.asked_at > p_as_of - interval '2 years' and x.product not like 'replay;%'
                   and (x.consent_id is not null or not is_quiet(x.subject_id, x.inquiry_id, p_as_of))
                 order by x.asked_at desc limit 200) q), '[]'::json),
      'f', further_of(p_subjects, p_as_of, p_as_of))::text);
end $$;

-- What a lender may be shown of a past moment: what was known then, of those who are still one, less what was deleted since.
create function file_known(p_subject uuid, p_as_of timestamptz) returns text
language plpgsql stable security definer set search_path = bureau as $$
begin
  return file_as_of(array(select x from unnest(linked_set(p_subject, p_as_of)) x
                          intersect select y from unnest(linked_set(p_subject, 'infinity')) y), p_as_of, 'infinity');
end $$;

-- What a lender was shown at `p_shown_at` of what was known at `p_as_of`.
create function file_shown(p_subject uuid, p_as_of timestamptz, p_shown_at timestamptz) returns text
language plpgsql stable security definer set search_path = bureau as $$
begin
  return file_as_of(array(select x from unnest(linked_set(p_subject, p_as_of)) x
                          intersect select y from unnest(linked_set(p_subject, p_shown_at)) y), p_as_of, p_shown_at);
end $$;

-- When did a lender last see the file of this person under a consent?
create function last_look(p_subject uuid, p_member text, p_consent uuid) returns timestamptz
language plpgsql stable security definer set search_path = bureau as $$
begin
  return (select max(q.asked_at) from inquiry q
           where q.subject_id = any (linked_set(p_subject, 'infinity')) and q.member_id = p_member and q.consent_id = p_consent
             and q.outcome in ('answered', 'no-hit') and q.product in ('report', 'changes'));
end $$;

-- An earlier answer to a member, still sealed, with the identifier under which its subject is found today; or what is left of it.
create function past_answer(p_member text, p_inquiry uuid)
returns table (subject_id uuid, holder_id uuid, asked_at timestamptz, purpose text, product text, wrapped_key bytea,
               outcome_sealed bytea, id_kind text, id_blind bytea, name_blind bytea, erased_hash bytea, erased_leaf bytea)
language plpgsql stable security definer set search_path = bureau as $$
#variable_conflict use_column
begin
  return query
    select e.subject_id, e.subject_id, e.erased_at, null::text, null::text, null::bytea, null::bytea, null::text, null::bytea,
           null::bytea, e.answer_hash, e.leaf_hash
      from answer_erased e where e.inquiry_id = p_inquiry and e.member_id = p_member;
  if found then
    return;
  end if;
  return query
    select q.subject_id, (linked_set(q.subject_id, 'infinity'))[1], q.asked_at, q.purpose, q.product, s.wrapped_key,
           q.outcome_sealed, d.kind, d.blind, d.name_blind, null::bytea, null::bytea
      from inquiry q join subject s on s.subject_id = q.subject_id
      left join lateral (select i.kind, i.blind, i.name_blind from identifier i
                          where i.subject_id = any (linked_set(q.subject_id, 'infinity'))
                            and not exists (select from identifier_dismissed x
                                             where x.subject_id = i.subject_id and x.kind = i.kind and x.blind = i.blind)
                          order by i.subject_id <> q.subject_id, i.kind, i.blind limit 1) d on true
     where q.inquiry_id = p_inquiry and q.member_id = p_member and q.outcome <> 'refused' and q.key_kind = 'person';
end $$;

revoke execute on all functions in schema bureau from public;
grant execute on function file_known, file_shown, last_look, past_answer to openbureau_api;
grant execute on function file_as_of to openbureau_auditor;
