-- Everything that is kept.  subject_id comes first in every key that has one; no sequence is shared.
set local role openbureau_owner;
set local search_path = bureau;

create table act (
  act_no int primary key,
  act_hash bytea not null,
  content text not null,
  leaf_hash bytea not null
);

create table member_token (
  token_hash bytea primary key,
  member_id text not null,
  valid_from timestamptz not null,
  valid_until timestamptz not null
);

create table subject (
  subject_id uuid primary key,
  kind text not null check (kind in ('person', 'enterprise')),
  label bytea not null unique,
  wrapped_key bytea not null,
  identity_sealed bytea not null,
  adult_on date,
  is_frozen boolean not null default false,
  deceased_on date,
  synthetic boolean not null,
  known_at timestamptz not null
);

create table identifier (
  kind text not null,
  blind bytea not null,
  subject_id uuid not null,
  name_blind bytea not null,
  primary key (kind, blind)
);

create table label_head (
  subject_id uuid primary key,
  seq bigint not null,
  leaf_hash bytea not null
);

create table consent (
  subject_id uuid not null,
  consent_id uuid not null,
  member_id text not null,
  purpose text not null,
  starts_on date not null,
  ends_on date not null,
  is_one_time boolean not null,
  notice_version text not null,
  channel text not null,
  given_at timestamptz not null,
  leaf_hash bytea not null,
  primary key (subject_id, consent_id)
);

create table consent_end (
  subject_id uuid not null,
  consent_id uuid not null,
  ended_at timestamptz not null,
  leaf_hash bytea not null,
  primary key (subject_id, consent_id)
);

create table inquiry (
  subject_id uuid not null,
  inquiry_id uuid not null,
  member_id text not null,
  purpose text not null,
  product text not null,
  actor_user text not null,
  asked_at timestamptz not null,
  outcome text not null check (outcome in ('answered', 'refused', 'no-hit')),
  refusal_code text,
  consent_id uuid,
  leaf_hash bytea not null,
  key_kind text not null check (key_kind in ('person', 'bureau')),
  outcome_sealed bytea not null,
  primary key (subject_id, inquiry_id)
);
create index inquiry_recent on inquiry (subject_id, asked_at desc);

create table inquiry_unmatched (
  inquiry_id uuid primary key,
  member_id text not null,
  purpose text not null,
  product text not null,
  actor_user text not null,
  asked_at timestamptz not null,
  refusal_code text,
  leaf_hash bytea not null,
  outcome_sealed bytea not null
);

create table idempotency (
  member_id text not null,
  key text not null,
  request_hash bytea not null,
  subject_id uuid,
  inquiry_id uuid not null,
  expires_at timestamptz not null,
  primary key (member_id, key)
);

create table lane_head (
  member_id text not null,
  bill_month text not null,
  lane int not null,
  seq bigint not null,
  primary key (member_id, bill_month, lane)
) with (fillfactor = 70);

create table charge (
  subject_id uuid not null,
  inquiry_id uuid not null,
  member_id text not null,
  bill_month text not null,
  lane int not null,
  bill_seq bigint not null,
  rule_id text not null,
  amount_fen bigint not null check (amount_fen > 0),
  currency text not null,
  charged_on date not null,
  primary key (subject_id, inquiry_id)
);
create index charge_window on charge (subject_id, member_id, charged_on desc);

create table event (
  subject_id uuid not null,
  leaf_hash bytea not null,
  kind text not null,
  at timestamptz not null,
  seq bigint not null,
  actor text not null,
  key_kind text not null check (key_kind in ('person', 'bureau')),
  sealed bytea not null,
  primary key (subject_id, leaf_hash)
);
create index event_order on event (subject_id, seq);

create table notice (
  subject_id uuid not null,
  notice_id uuid not null,
  kind text not null,
  leaf_hash bytea not null,
  made_at timestamptz not null,
  primary key (subject_id, notice_id)
);

create table sandbox_identity (
  handle text primary key,
  subject_id uuid not null,
  secret_hash bytea not null
);

-- In the order of arrival: what rests on a committed event arrives after it, so a chain never stands backwards in the log.
create table leaf_pending (
  arrival bigint generated always as identity primary key,
  leaf_id uuid not null,
  entry bytea not null,
  made_at timestamptz not null
);

create table log_entry (
  leaf_index bigint primary key,
  leaf_hash bytea not null,
  entry bytea not null,
  leaf_id uuid not null unique
);
create index log_entry_hash on log_entry (leaf_hash);

create table log_tile (
  level int not null,
  number bigint not null,
  content bytea not null,
  primary key (level, number)
);

create table log_head (
  size bigint primary key,
  root bytea not null,
  frontier bytea not null,
  checkpoint text not null,
  signed_at timestamptz not null
);

create table receipt (
  receipt_id uuid primary key,
  member_id text not null,
  format text not null,
  record_kind text not null,
  columns text[] not null,
  bytes bigint not null,
  pieces bigint not null,
  root bytea not null,
  wrapped_key bytea not null,
  received_at timestamptz not null,
  leaf_hash bytea not null
);

create table receipt_chunk (
  receipt_id uuid not null,
  chunk_no int not null,
  pieces int not null,
  sealed bytea not null,
  primary key (receipt_id, chunk_no)
);
alter table receipt_chunk alter column sealed set storage external;

create table receipt_container (
  receipt_id uuid not null,
  chunk_no int not null,
  sealed bytea not null,
  primary key (receipt_id, chunk_no)
);

create table furnishing (
  receipt_id uuid primary key,
  member_id text not null,
  is_done boolean not null default false,
  next_chunk int not null default 0,
  next_record bigint not null default 1,
  records bigint not null default 0,
  accepted bigint not null default 0,
  refused bigint not null default 0,
  added bigint not null default 0,
  changed bigint not null default 0,
  unchanged bigint not null default 0,
  findings bigint not null default 0,
  is_repeat boolean not null default false
);

create table finding (
  receipt_id uuid not null,
  finding_no bigint not null,
  record_no bigint not null,
  rule text not null,
  field text not null,
  hint text not null,
  primary key (receipt_id, finding_no)
);

create table furnished_subject (
  member_id text not null,
  ref_key bytea not null,
  subject_id uuid not null,
  primary key (member_id, ref_key)
);

create table furnished_account (
  member_id text not null,
  account_key bytea not null,
  subject_id uuid not null,
  tradeline_id uuid not null,
  primary key (member_id, account_key)
);

create table tradeline_fact (
  subject_id uuid not null,
  tradeline_id uuid not null,
  known_at timestamptz not null,
  true_on date not null,
  furnisher_id text not null,
  role text not null,
  account_type text not null,
  business_type text not null,
  opened_on date not null,
  due_on date,
  closed_on date,
  currency text not null,
  limit_fen bigint not null,
  account_status text not null,
  five_class text,
  receipt_id uuid not null,
  primary key (subject_id, tradeline_id, known_at)
);

create table month_fact (
  subject_id uuid not null,
  tradeline_id uuid not null,
  month int not null,
  known_at timestamptz not null,
  status text not null,
  balance_fen bigint,
  due_fen bigint,
  paid_fen bigint,
  overdue_fen bigint,
  adverse_notified_on date,
  receipt_id uuid not null,
  primary key (subject_id, tradeline_id, month, known_at)
);

create table tradeline_current (
  subject_id uuid not null,
  tradeline_id uuid not null,
  furnisher_id text not null,
  account_type text not null,
  business_type text not null,
  role text not null,
  opened_on date not null,
  closed_on date,
  due_on date,
  currency text not null,
  limit_fen bigint not null,
  account_status text not null,
  five_class text,
  as_of_on date not null,
  first_month int not null,
  statuses text not null,
  balances bigint[] not null,
  dues bigint[] not null,
  paids bigint[] not null,
  overdues bigint[] not null,
  known_at timestamptz not null,
  primary key (subject_id, tradeline_id)
);
