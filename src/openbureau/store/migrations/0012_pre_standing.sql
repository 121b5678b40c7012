-- How a consent stands, for the lender that it names.
set local role openbureau_owner;
set local search_path = bureau;

create function consent_standing(p_member text, p_consent uuid)
returns table (starts_on date, ends_on date, ended_at timestamptz)
language sql stable security definer set search_path = bureau as $$
  select c.starts_on, c.ends_on, e.ended_at from consent c left join consent_end e using (subject_id, consent_id)
   where c.consent_id = p_consent and c.member_id = p_member
$$;

revoke execute on all functions in schema bureau from public;
grant execute on function consent_standing to openbureau_api;
