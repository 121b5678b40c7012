-- An alert is told at our hour: conduct sees which inquiries are alerts.
set local role openbureau_owner;
set local search_path = bureau;

drop function inquiry_facts(text, timestamptz, timestamptz, int);
create function inquiry_facts(p_member text, p_from timestamptz, p_to timestamptz, p_follow int)
returns table (asked_at timestamptz, actor_user text, purpose text, subject_id uuid, outcome text, refusal_code text,
               is_marked boolean, is_related boolean, has_followed boolean, leaf_hash bytea, is_alert boolean)
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
         a.leaf_hash, starts_with(a.product, 'alert')
    from asked a
  union all
  select u.asked_at, u.actor_user, u.purpose, null, 'refused', u.refusal_code, false, false, false, u.leaf_hash,
         starts_with(u.product, 'alert')
    from inquiry_unmatched u where u.member_id = p_member and u.asked_at > p_from and u.asked_at <= p_to
$$;

revoke execute on function inquiry_facts from public;
grant execute on function inquiry_facts to openbureau_auditor;
