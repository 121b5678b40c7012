-- The order and outcome of every step that changed furnished facts, and what a rebuild has done: without them the same
-- receipts could be read in another order, or under other checks, and give another state.
set local role openbureau_owner;
set local search_path = bureau;

-- One chunk of a receipt as it was loaded: when, under which rule pack, from which record, and which records stayed out.
create table load_step (
  receipt_id uuid not null,
  chunk_no int not null,
  stepped_at timestamptz not null,
  rule_pack text not null,
  first_record bigint not null,
  refused bigint[] not null,
  primary key (receipt_id, chunk_no)
);
create trigger append_only before update or delete or truncate on load_step
  for each statement execute function refuse_change();
grant select, insert on load_step to openbureau_loader;
grant select on load_step to openbureau_auditor;

-- What a rebuild into this database has done so far.  Empty everywhere else.
create table rebuild_done (
  step text primary key,
  done_at timestamptz not null default now()
);
grant select, insert on rebuild_done to openbureau_loader;
grant select on furnished_subject, furnished_account to openbureau_auditor;
