-- Published figures of a month, as they were bound to the log.  They stay when an erasure takes the events away that they count.
set local role openbureau_owner;
set local search_path = bureau;

create table figures_report (
  month text primary key check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  made_at timestamptz not null,
  content bytea not null,
  entry bytea not null,
  leaf_hash bytea not null
);
create trigger append_only before update or delete or truncate on figures_report
  for each statement execute function refuse_change();

grant select, insert on figures_report to openbureau_sequencer;
grant select on figures_report to openbureau_auditor;
grant insert on leaf_pending to openbureau_sequencer;
