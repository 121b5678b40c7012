-- A made-up person of the sandbox may be dead for a lender's test.  For real people a death needs more than a claim.
set local role openbureau_owner;
set local search_path = bureau;

create function mark_made_up_deceased(p_subject uuid, p_on date) returns void
language sql security definer set search_path = bureau as $$
  update subject set deceased_on = p_on where subject_id = p_subject and synthetic
$$;

revoke execute on all functions in schema bureau from public;
grant execute on function mark_made_up_deceased to openbureau_loader;
