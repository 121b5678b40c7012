-- Roles.  Nobody but openbureau_owner owns anything; nobody logs in as it.
do $$
declare
  name text;
begin
  foreach name in array array['openbureau_owner', 'openbureau_api', 'openbureau_loader', 'openbureau_sequencer',
                              'openbureau_billing', 'openbureau_linkage', 'openbureau_auditor', 'openbureau_eraser']
  loop
    begin
      if not exists (select from pg_roles where rolname = name) then
        execute format('create role %I nologin', name);
      end if;
    exception when duplicate_object or unique_violation then
      null;  -- another database of this server made it at the same moment
    end;
  end loop;
end $$;
create schema bureau authorization openbureau_owner;
revoke all on schema public from public;
grant usage on schema bureau to openbureau_api, openbureau_loader, openbureau_sequencer, openbureau_billing,
  openbureau_linkage, openbureau_auditor, openbureau_eraser;
