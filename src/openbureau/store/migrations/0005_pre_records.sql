-- Shares, parties, guarantees, use of platforms, business, inquiries by others, public records; and what furnishers claim
-- of a subject.  Facts are append-only versions under the subject they are about: `true_on` (or the month) says when it
-- held, `known_at` when we learned it.
set local role openbureau_owner;
set local search_path = bureau;

create table subject_claim (
  subject_id uuid not null,
  furnisher_id text not null,
  known_at timestamptz not null,
  birth_blind bytea,
  deceased_on date,
  receipt_id uuid not null,
  primary key (subject_id, furnisher_id, known_at)
);

-- Who else answers for an account: the furnisher's key to every party but the main one.
create table account_party (
  member_id text not null,
  account_key bytea not null,
  subject_id uuid not null,
  tradeline_id uuid not null,
  role text not null,
  has_ended boolean not null,
  primary key (member_id, account_key, subject_id)
);

create table party_fact (
  subject_id uuid not null,
  tradeline_id uuid not null,
  known_at timestamptz not null,
  true_on date not null,
  furnisher_id text not null,
  role text not null,
  liability_fen bigint,
  ended_on date,
  receipt_id uuid not null,
  primary key (subject_id, tradeline_id, known_at)
);

create table share_fact (
  subject_id uuid not null,
  tradeline_id uuid not null,
  funder text not null,
  known_at timestamptz not null,
  true_on date not null,
  furnisher_id text not null,
  share_bp int not null check (share_bp between 0 and 10000),
  receipt_id uuid not null,
  primary key (subject_id, tradeline_id, funder, known_at)
);

create table guarantee_fact (
  subject_id uuid not null,
  guarantee_id uuid not null,
  known_at timestamptz not null,
  true_on date not null,
  furnisher_id text not null,
  tradeline_id uuid,
  guarantee_kind text not null,
  starts_on date not null,
  ends_on date,
  currency text not null,
  amount_fen bigint not null,
  outstanding_fen bigint,
  guarantee_status text not null,
  adverse_notified_on date,
  receipt_id uuid not null,
  primary key (subject_id, guarantee_id, known_at)
);

create table platform_use_fact (
  subject_id uuid not null,
  furnisher_id text not null,
  service text not null,
  month int not null,
  known_at timestamptz not null,
  active_band text not null,
  spend_band text,
  bills int,
  bills_late int,
  overdue_fen bigint,
  adverse_notified_on date,
  consent_key bytea not null,
  consent_given_on date not null,
  notice_on date not null,
  receipt_id uuid not null,
  primary key (subject_id, furnisher_id, service, month, known_at)
);

create table business_fact (
  subject_id uuid not null,
  furnisher_id text not null,
  month int not null,
  known_at timestamptz not null,
  trader_kind text not null,
  turnover_fen bigint,
  refund_fen bigint,
  orders bigint,
  customers bigint,
  active_days int,
  largest_bp int,
  penalties int,
  consent_key bytea,
  consent_given_on date,
  notice_on date,
  receipt_id uuid not null,
  primary key (subject_id, furnisher_id, month, known_at)
);

create table outside_inquiry_fact (
  subject_id uuid not null,
  inquiry_id uuid not null,
  known_at timestamptz not null,
  true_on date not null,
  furnisher_id text not null,
  asked_by text not null,
  asker_kind text not null,
  reason text not null,
  receipt_id uuid not null,
  primary key (subject_id, inquiry_id, known_at)
);

-- Authority and case number are free text about a person: sealed under the person's key, compared by a keyed hash.
create table public_record_fact (
  subject_id uuid not null,
  public_id uuid not null,
  known_at timestamptz not null,
  true_on date not null,
  furnisher_id text not null,
  public_kind text not null,
  words_sealed bytea not null,
  words_blind bytea not null,
  decided_on date not null,
  amount_fen bigint,
  public_status text not null,
  ended_on date,
  adverse_notified_on date,
  receipt_id uuid not null,
  primary key (subject_id, public_id, known_at)
);

do $$
declare
  name text;
begin
  foreach name in array array['subject_claim', 'party_fact', 'share_fact', 'guarantee_fact', 'platform_use_fact',
                              'business_fact', 'outside_inquiry_fact', 'public_record_fact']
  loop
    execute format('create trigger append_only before update or delete or truncate on %I '
                   'for each statement execute function refuse_change()', name);
    execute format('grant select, insert on %I to openbureau_loader', name);
    execute format('grant select on %I to openbureau_auditor', name);
  end loop;
end $$;

grant select, insert, update on account_party to openbureau_loader;
grant select on account_party to openbureau_auditor;
