-- What a member asked lately, for its own desk: outcomes without a person.
set local role openbureau_owner;
set local search_path = bureau;

create function member_inquiries(p_member text, p_most int)
returns table (inquiry_id uuid, asked_at timestamptz, actor_user text, purpose text, product text, outcome text,
               refusal_code text)
language sql stable security definer set search_path = bureau as $$
  select * from (
    (select q.inquiry_id, q.asked_at, q.actor_user, q.purpose, q.product, q.outcome, q.refusal_code
       from inquiry q where q.member_id = p_member order by q.asked_at desc limit p_most)
    union all
    (select u.inquiry_id, u.asked_at, u.actor_user, u.purpose, u.product, 'refused', u.refusal_code
       from inquiry_unmatched u where u.member_id = p_member order by u.asked_at desc limit p_most)) x
   order by x.asked_at desc, x.inquiry_id limit p_most
$$;

revoke execute on function member_inquiries from public;
grant execute on function member_inquiries to openbureau_api;
