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

-- One corrected field: what stood there from when to when, and what stands there now.  Values are codes, numbers and days.
create table correction (
  subject_id uuid not null,
  tradeline_id uuid not null,
  month int not null,  -- months since year 0; -1 for the tradeline itself
  known_at timestamptz not null,
  field text not null,
  member_id text not null,
  source_id uuid not null,  -- the receipt, or the rule
  record_no bigint not null,
  old_value text,
  new_value text,
  old_known_at timestamptz not null,
  reason text not null,
  primary key (subject_id, tradeline_id, month, known_at, field)
);
create index correction_source on correction (source_id, subject_id);

-- What was deleted may not come back: later files with the same record are refused until the deletion is lifted.  What was
-- known before a deletion is not shown after it, lifted or not.
create table tombstone (
  subject_id uuid not null,
  tradeline_id uuid not null,
  month int not null,
  known_at timestamptz not null,
  is_lifted boolean not null,
  member_id text not null,
  account_key bytea not null,
  source_id uuid not null,
  record_no bigint not null,
  reason text not null,
  primary key (subject_id, tradeline_id, month, known_at)
);
create index tombstone_account on tombstone (member_id, account_key);

-- The person's own chain has an event for each source that corrected or deleted something of theirs.
create table correction_told (
  subject_id uuid not null,
  source_id uuid not null,
  leaf_hash bytea not null,
  told_at timestamptz not null,
  primary key (subject_id, source_id)
);

-- A correction of many records by one rule, and how far it has come.
create table correction_rule (
  rule_id uuid primary key,
  member_id text not null,
  content text not null,
  decided_at timestamptz not null,
  decided_by text not null,
  leaf_hash bytea not null
);
create table rule_step (
  rule_id uuid not null,
  step_no int not null,
  stepped_at timestamptz not null,
  last_key bytea,  -- null: it is done
  next_number bigint not null,
  touched bigint not null,
  accounts bigint not null,
  subjects bigint not null,
  refused bigint not null,
  primary key (rule_id, step_no)
);

-- Which answers went out with a value that was corrected later, and what the score was and would have been.
create table answer_touched (
  subject_id uuid not null,
  source_id uuid not null,
  inquiry_id uuid not null,
  member_id text not null,
  asked_at timestamptz not null,
  outcome text not null,
  score_before int,
  score_after int,
  reasons_changed boolean not null,
  primary key (subject_id, source_id, inquiry_id)
);
create table lineage_done (
  subject_id uuid not null,
  source_id uuid not null,
  done_at timestamptz not null,
  primary key (subject_id, source_id)
);

do $$
declare
  name text;
begin
  foreach name in array array['correction', 'tombstone', 'correction_told', 'correction_rule', 'rule_step', 'answer_touched',
                              'lineage_done']
  loop
    execute format('create trigger append_only before update or delete or truncate on %I '
                   'for each statement execute function refuse_change()', name);
    execute format('grant select on %I to openbureau_loader, openbureau_auditor', name);
  end loop;
end $$;
grant insert on correction, tombstone, correction_rule, rule_step to openbureau_loader;
grant delete on tradeline_current to openbureau_loader;
grant insert on correction_told to openbureau_api;
grant select on correction_told to openbureau_api;
grant insert on answer_touched, lineage_done to openbureau_auditor;

-- Was a fact of a tradeline (or of one of its months) deleted between when it was known and an instant?
create function is_deleted(p_subject uuid, p_tradeline uuid, p_month int, p_known_at timestamptz, p_as_of timestamptz)
returns boolean language sql stable parallel safe as $$
  select exists (select from bureau.tombstone d
                  where d.subject_id = p_subject and d.tradeline_id = p_tradeline and d.month in (-1, p_month)
                    and not d.is_lifted and d.known_at >= p_known_at and d.known_at <= p_as_of)
$$;
grant execute on function is_deleted to openbureau_loader, openbureau_auditor;
