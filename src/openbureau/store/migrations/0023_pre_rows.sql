-- Rows by tenant, to the end: what no duty of the API needs is out of its reach, and the keeper of keys sees wrapped keys
-- where rows are hidden from others.
set local role openbureau_owner;
set local search_path = bureau;

revoke select on receipt, furnishing, finding, consent_end, consent_confirmed from openbureau_api;

alter table lane_head enable row level security;
alter table lane_head force row level security;
create policy everything on lane_head to openbureau_owner using (true) with check (true);
create policy own_rows on lane_head for select to openbureau_billing
  using (member_id = current_setting('bureau.tenant', true));

do $$
declare
  name text;
begin
  for name in
    select c.relname from pg_class c
      join pg_attribute w on w.attrelid = c.oid and w.attname = 'wrapped_key' and not w.attisdropped
     where c.relnamespace = 'bureau'::regnamespace and c.relkind = 'r' and c.relrowsecurity
  loop
    execute format('create policy keeping on %I to openbureau_keeper using (true) with check (true)', name);
  end loop;
end $$;
