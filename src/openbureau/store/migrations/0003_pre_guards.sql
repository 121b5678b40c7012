-- Append-only tables, row-level security, grants.
set local role openbureau_owner;
set local search_path = bureau;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the table % is append-only', tg_table_name using errcode = 'OB001';
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['act', 'consent', 'consent_end', 'inquiry', 'inquiry_unmatched', 'charge', 'event',
                              'log_entry', 'log_head', 'receipt', 'tradeline_fact', 'month_fact']
  loop
    execute format('create trigger append_only before update or delete or truncate on %I '
                   'for each statement execute function refuse_change()', name);
  end loop;
end $$;

alter table inquiry enable row level security;
alter table inquiry force row level security;
alter table charge enable row level security;
alter table charge force row level security;
alter table consent enable row level security;
alter table consent force row level security;

do $$
declare
  name text;
begin
  foreach name in array array['inquiry', 'charge', 'consent']
  loop
    execute format('create policy everything on %I to openbureau_owner, openbureau_auditor using (true) with check (true)', name);
    execute format('create policy own_rows on %I for select to openbureau_api, openbureau_billing '
                   'using (member_id = current_setting(''bureau.tenant'', true))', name);
  end loop;
end $$;

grant select on act, inquiry, charge, consent, consent_end, log_head, log_tile, furnishing, finding, receipt to openbureau_api;
grant select on sandbox_identity to openbureau_api;
grant select on charge, inquiry to openbureau_billing;

grant select, insert on receipt, receipt_chunk, receipt_container, finding, furnished_subject, furnished_account,
  tradeline_fact, month_fact, tradeline_current, furnishing, subject, identifier, label_head, event, leaf_pending,
  sandbox_identity to openbureau_loader;
grant update on furnishing, tradeline_current to openbureau_loader;
grant select on act to openbureau_loader, openbureau_sequencer;

grant select, delete on leaf_pending to openbureau_sequencer;
grant select, insert on log_entry, log_head, log_tile to openbureau_sequencer;
grant update on log_tile to openbureau_sequencer;

grant select on act, event, subject, label_head, inquiry, inquiry_unmatched, charge, consent, consent_end, log_entry, log_tile,
  log_head, receipt, receipt_chunk, furnishing, finding, tradeline_fact, month_fact, tradeline_current, sandbox_identity
  to openbureau_auditor;
grant select on identifier to openbureau_linkage;
