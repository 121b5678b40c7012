-- Closed months, invoices, credit notes, disputes of an invoice line.  Nothing here is ever changed: what comes later is
-- another row.
set local role openbureau_owner;
set local search_path = bureau;

-- A closed month and the system entry that says so.
create table bill_month (
  bill_month text primary key check (bill_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  closed_at timestamptz not null,
  closed_by text not null,
  entry bytea not null,
  leaf_hash bytea not null
);

-- `content` is the invoice byte for byte; `summary` what the committee sees of it; `tree_leaf` the hash over salt and summary
-- under the root that the entry of the month carries.
create table invoice (
  member_id text not null,
  bill_month text not null references bill_month,
  place int not null,
  content bytea not null,
  summary bytea not null,
  salt bytea not null,
  tree_leaf bytea not null,
  primary key (member_id, bill_month),
  unique (bill_month, place)
);
alter table invoice alter column content set storage external;

-- A charge given back, in the invoice of `bill_month`; once.  `evidence`: the leaf that shows why, where one does.
create table credit_note (
  subject_id uuid not null,
  inquiry_id uuid not null,
  member_id text not null,
  bill_month text not null,
  reason text not null check (reason in ('wrong-answer', 'late-answer', 'dispute-upheld')),
  evidence bytea,
  noted_at timestamptz not null,
  noted_by text not null,
  primary key (subject_id, inquiry_id)
);
create index credit_note_bill on credit_note (member_id, bill_month);

-- A member's objection to a charge, once for each charge; what was written is sealed.
create table bill_dispute (
  dispute_id uuid primary key,
  subject_id uuid not null,
  inquiry_id uuid not null,
  member_id text not null,
  bill_month text not null,
  reason text not null check (reason in ('wrong-answer', 'late-answer', 'not-asked', 'other')),
  words_sealed bytea not null,
  opened_at timestamptz not null,
  decide_by timestamptz not null,
  unique (subject_id, inquiry_id)
);
create index bill_dispute_of on bill_dispute (member_id, opened_at desc);

create table bill_decision (
  dispute_id uuid primary key references bill_dispute,
  member_id text not null,
  is_upheld boolean not null,
  words_sealed bytea not null,
  decided_at timestamptz not null,
  decided_by text not null
);

create index charge_bill on charge (member_id, bill_month);

-- A closed month takes nothing more.
create function refuse_closed_month() returns trigger language plpgsql security definer set search_path = bureau as $$
begin
  if exists (select from bill_month m where m.bill_month = new.bill_month) then
    raise exception 'the month % is closed', new.bill_month using errcode = 'OB004';
  end if;
  return new;
end $$;
create trigger open_month before insert on charge for each row execute function refuse_closed_month();
create trigger open_month before insert on credit_note for each row execute function refuse_closed_month();

do $$
declare
  name text;
begin
  foreach name in array array['bill_month', 'invoice', 'credit_note', 'bill_dispute', 'bill_decision']
  loop
    execute format('create trigger append_only before update or delete or truncate on %I '
                   'for each statement execute function refuse_change()', name);
    execute format('grant select, insert on %I to openbureau_billing', name);
    execute format('grant select on %I to openbureau_auditor', name);
  end loop;
  foreach name in array array['invoice', 'credit_note', 'bill_dispute', 'bill_decision']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy everything on %I to openbureau_owner, openbureau_auditor using (true) with check (true)', name);
    execute format('create policy own_rows on %I to openbureau_billing '
                   'using (member_id = current_setting(''bureau.tenant'', true)) '
                   'with check (member_id = current_setting(''bureau.tenant'', true))', name);
  end loop;
end $$;

grant select on lane_head, log_entry to openbureau_billing;
grant insert on leaf_pending to openbureau_billing;

-- The leaves of a month's tree in their order: hashes over salted summaries, of which one tells nothing of another.
create function bill_leaves(p_month text) returns setof bytea
language sql stable security definer set search_path = bureau as $$
  select i.tree_leaf from invoice i where i.bill_month = p_month order by i.place
$$;
revoke execute on all functions in schema bureau from public;
grant execute on function bill_leaves to openbureau_billing;
