-- known_parties
-- Who else answers for a furnisher's accounts, as long as they do.
-- touches: account_party
-- for: jobs.furnishing.load
select account_key, subject_id, tradeline_id, role from bureau.account_party
 where member_id = %s and account_key = any(%s) and not has_ended

-- subject_kinds
-- Kind and wrapped key of subjects.
-- touches: subject
-- for: jobs.furnishing.load
select subject_id, kind, wrapped_key from bureau.subject where subject_id = any(%s::uuid[])

-- apply_claims
-- What a furnisher says of birth and death, where it says something new.
-- touches: subject_claim
-- for: jobs.furnishing.load
with given as (
  select distinct on (subject_id) * from json_to_recordset(%(rows)s::json)
    as s (record_no bigint, subject_id uuid, known_at timestamptz, birth_blind bytea, deceased_on date)
   order by subject_id, record_no desc
), fresh as (
  select s.*, h.known_at is null as is_new
    from given s left join lateral (
      select c.known_at, c.birth_blind, c.deceased_on from bureau.subject_claim c
       where c.subject_id = s.subject_id and c.furnisher_id = %(member)s order by c.known_at desc limit 1) h on true
   where h.known_at is null or (h.birth_blind, h.deceased_on) is distinct from (s.birth_blind, s.deceased_on)
), kept as (
  insert into bureau.subject_claim
  select subject_id, %(member)s, known_at, birth_blind, deceased_on, %(receipt)s from fresh
)
select count(*) filter (where is_new), count(*) filter (where not is_new) from fresh

-- apply_parties
-- Parts in joint accounts.  A new party gets rows of its own: the account as it is held of the main party, and its months,
-- known from the instant at which the part was; one that has ended is closed on that day.
-- touches: account_party, party_fact, tradeline_current, tradeline_fact, month_fact
-- for: jobs.furnishing.load
with given as (
  select distinct on (subject_id, tradeline_id) * from json_to_recordset(%(rows)s::json)
    as s (record_no bigint, subject_id uuid, tradeline_id uuid, main_id uuid, account_key bytea, known_at timestamptz,
          true_on date, role text, liability_fen bigint, ended_on date)
   order by subject_id, tradeline_id, record_no desc
), fresh as (
  select s.*, h.known_at is null as is_new
    from given s left join lateral (
      select p.known_at, p.true_on, p.role, p.liability_fen, p.ended_on from bureau.party_fact p
       where p.subject_id = s.subject_id and p.tradeline_id = s.tradeline_id order by p.known_at desc limit 1) h on true
   where h.known_at is null
      or (h.true_on, h.role, h.liability_fen, h.ended_on) is distinct from (s.true_on, s.role, s.liability_fen, s.ended_on)
), kept as (
  insert into bureau.party_fact
  select subject_id, tradeline_id, known_at, true_on, %(member)s, role, liability_fen, ended_on, %(receipt)s from fresh
), listed as (
  insert into bureau.account_party
  select %(member)s, account_key, subject_id, tradeline_id, role, ended_on is not null from fresh
  on conflict (member_id, account_key, subject_id) do update set role = excluded.role, has_ended = excluded.has_ended
), lines as (
  insert into bureau.tradeline_fact
  select f.subject_id, f.tradeline_id, f.known_at, greatest(c.as_of_on, f.true_on), c.furnisher_id, f.role, c.account_type,
         c.business_type, c.opened_on, c.due_on, coalesce(c.closed_on, f.ended_on), c.currency, c.limit_fen, c.account_status,
         c.five_class, %(receipt)s
    from fresh f join bureau.tradeline_current c on c.subject_id = f.main_id and c.tradeline_id = f.tradeline_id
), months as (
  insert into bureau.month_fact
  select distinct on (f.subject_id, f.tradeline_id, m.month) f.subject_id, f.tradeline_id, m.month, f.known_at, m.status,
         m.balance_fen, m.due_fen, m.paid_fen, m.overdue_fen, m.adverse_notified_on, %(receipt)s
    from fresh f join bureau.month_fact m on m.subject_id = f.main_id and m.tradeline_id = f.tradeline_id
   where f.is_new
   order by f.subject_id, f.tradeline_id, m.month, m.known_at desc
), shown as (
  insert into bureau.tradeline_current
  select f.subject_id, c.tradeline_id, c.furnisher_id, c.account_type, c.business_type, f.role, c.opened_on,
         coalesce(c.closed_on, f.ended_on), c.due_on, c.currency, c.limit_fen, c.account_status, c.five_class,
         greatest(c.as_of_on, f.true_on), c.first_month, c.statuses, c.balances, c.dues, c.paids, c.overdues, f.known_at
    from fresh f join bureau.tradeline_current c on c.subject_id = f.main_id and c.tradeline_id = f.tradeline_id
  on conflict (subject_id, tradeline_id) do update
     set role = excluded.role, closed_on = excluded.closed_on, as_of_on = excluded.as_of_on, known_at = excluded.known_at
)
select count(*) filter (where is_new), count(*) filter (where not is_new) from fresh

-- apply_shares
-- Shares of funders in joint loans.
-- touches: share_fact
-- for: jobs.furnishing.load
with given as (
  select distinct on (subject_id, tradeline_id, funder) * from json_to_recordset(%(rows)s::json)
    as s (record_no bigint, subject_id uuid, tradeline_id uuid, funder text, known_at timestamptz, true_on date, share_bp int)
   order by subject_id, tradeline_id, funder, record_no desc
), fresh as (
  select s.*, h.known_at is null as is_new
    from given s left join lateral (
      select p.known_at, p.true_on, p.share_bp from bureau.share_fact p
       where p.subject_id = s.subject_id and p.tradeline_id = s.tradeline_id and p.funder = s.funder
       order by p.known_at desc limit 1) h on true
   where h.known_at is null or (h.true_on, h.share_bp) is distinct from (s.true_on, s.share_bp)
), kept as (
  insert into bureau.share_fact
  select subject_id, tradeline_id, funder, known_at, true_on, %(member)s, share_bp, %(receipt)s from fresh
)
select count(*) filter (where is_new), count(*) filter (where not is_new) from fresh

-- apply_guarantees
-- Guarantees given.
-- touches: guarantee_fact
-- for: jobs.furnishing.load
with given as (
  select distinct on (subject_id, guarantee_id) * from json_to_recordset(%(rows)s::json)
    as s (record_no bigint, subject_id uuid, guarantee_id uuid, known_at timestamptz, true_on date, tradeline_id uuid,
          guarantee_kind text, starts_on date, ends_on date, currency text, amount_fen bigint, outstanding_fen bigint,
          guarantee_status text, adverse_notified_on date)
   order by subject_id, guarantee_id, record_no desc
), fresh as (
  select s.*, h.known_at is null as is_new
    from given s left join lateral (
      select p.* from bureau.guarantee_fact p where p.subject_id = s.subject_id and p.guarantee_id = s.guarantee_id
       order by p.known_at desc limit 1) h on true
   where h.known_at is null
      or (h.true_on, h.tradeline_id, h.guarantee_kind, h.starts_on, h.ends_on, h.currency, h.amount_fen, h.outstanding_fen,
          h.guarantee_status, h.adverse_notified_on)
         is distinct from (s.true_on, s.tradeline_id, s.guarantee_kind, s.starts_on, s.ends_on, s.currency, s.amount_fen,
          s.outstanding_fen, s.guarantee_status, s.adverse_notified_on)
), kept as (
  insert into bureau.guarantee_fact
  select subject_id, guarantee_id, known_at, true_on, %(member)s, tradeline_id, guarantee_kind, starts_on, ends_on, currency,
         amount_fen, outstanding_fen, guarantee_status, adverse_notified_on, %(receipt)s
    from fresh
)
select count(*) filter (where is_new), count(*) filter (where not is_new) from fresh

-- apply_platform_uses
-- Months of use of a platform's services.
-- touches: platform_use_fact
-- for: jobs.furnishing.load
with given as (
  select distinct on (subject_id, service, month) * from json_to_recordset(%(rows)s::json)
    as s (record_no bigint, subject_id uuid, service text, month int, known_at timestamptz, active_band text, spend_band text,
          bills int, bills_late int, overdue_fen bigint, adverse_notified_on date, consent_key bytea, consent_given_on date,
          notice_on date)
   order by subject_id, service, month, record_no desc
), fresh as (
  select s.*, h.known_at is null as is_new
    from given s left join lateral (
      select p.* from bureau.platform_use_fact p
       where p.subject_id = s.subject_id and p.furnisher_id = %(member)s and p.service = s.service and p.month = s.month
       order by p.known_at desc limit 1) h on true
   where h.known_at is null
      or (h.active_band, h.spend_band, h.bills, h.bills_late, h.overdue_fen, h.adverse_notified_on, h.consent_key,
          h.consent_given_on, h.notice_on)
         is distinct from (s.active_band, s.spend_band, s.bills, s.bills_late, s.overdue_fen, s.adverse_notified_on,
          s.consent_key, s.consent_given_on, s.notice_on)
), kept as (
  insert into bureau.platform_use_fact
  select subject_id, %(member)s, service, month, known_at, active_band, spend_band, bills, bills_late, overdue_fen,
         adverse_notified_on, consent_key, consent_given_on, notice_on, %(receipt)s
    from fresh
)
select count(*) filter (where is_new), count(*) filter (where not is_new) from fresh

-- apply_businesses
-- Months of a firm's or sole trader's business.
-- touches: business_fact
-- for: jobs.furnishing.load
with given as (
  select distinct on (subject_id, month) * from json_to_recordset(%(rows)s::json)
    as s (record_no bigint, subject_id uuid, month int, known_at timestamptz, trader_kind text, turnover_fen bigint,
          refund_fen bigint, orders bigint, customers bigint, active_days int, largest_bp int, penalties int,
          consent_key bytea, consent_given_on date, notice_on date)
   order by subject_id, month, record_no desc
), fresh as (
  select s.*, h.known_at is null as is_new
    from given s left join lateral (
      select p.* from bureau.business_fact p
       where p.subject_id = s.subject_id and p.furnisher_id = %(member)s and p.month = s.month
       order by p.known_at desc limit 1) h on true
   where h.known_at is null
      or (h.trader_kind, h.turnover_fen, h.refund_fen, h.orders, h.customers, h.active_days, h.largest_bp, h.penalties,
          h.consent_key, h.consent_given_on, h.notice_on)
         is distinct from (s.trader_kind, s.turnover_fen, s.refund_fen, s.orders, s.customers, s.active_days, s.largest_bp,
          s.penalties, s.consent_key, s.consent_given_on, s.notice_on)
), kept as (
  insert into bureau.business_fact
  select subject_id, %(member)s, month, known_at, trader_kind, turnover_fen, refund_fen, orders, customers, active_days,
         largest_bp, penalties, consent_key, consent_given_on, notice_on, %(receipt)s
    from fresh
)
select count(*) filter (where is_new), count(*) filter (where not is_new) from fresh

-- apply_outside_inquiries
-- Inquiries made by others.
-- touches: outside_inquiry_fact
-- for: jobs.furnishing.load
with given as (
  select distinct on (subject_id, inquiry_id) * from json_to_recordset(%(rows)s::json)
    as s (record_no bigint, subject_id uuid, inquiry_id uuid, known_at timestamptz, true_on date, asked_by text,
          asker_kind text, reason text)
   order by subject_id, inquiry_id, record_no desc
), fresh as (
  select s.*, h.known_at is null as is_new
    from given s left join lateral (
      select p.* from bureau.outside_inquiry_fact p where p.subject_id = s.subject_id and p.inquiry_id = s.inquiry_id
       order by p.known_at desc limit 1) h on true
   where h.known_at is null
      or (h.true_on, h.asked_by, h.asker_kind, h.reason) is distinct from (s.true_on, s.asked_by, s.asker_kind, s.reason)
), kept as (
  insert into bureau.outside_inquiry_fact
  select subject_id, inquiry_id, known_at, true_on, %(member)s, asked_by, asker_kind, reason, %(receipt)s from fresh
)
select count(*) filter (where is_new), count(*) filter (where not is_new) from fresh

-- apply_public_records
-- Judgments, enforcements, penalties, awards.
-- touches: public_record_fact
-- for: jobs.furnishing.load
with given as (
  select distinct on (subject_id, public_id) * from json_to_recordset(%(rows)s::json)
    as s (record_no bigint, subject_id uuid, public_id uuid, known_at timestamptz, true_on date, public_kind text,
          words_sealed bytea, words_blind bytea, decided_on date, amount_fen bigint, public_status text, ended_on date,
          adverse_notified_on date)
   order by subject_id, public_id, record_no desc
), fresh as (
  select s.*, h.known_at is null as is_new
    from given s left join lateral (
      select p.* from bureau.public_record_fact p where p.subject_id = s.subject_id and p.public_id = s.public_id
       order by p.known_at desc limit 1) h on true
   where h.known_at is null
      or (h.true_on, h.public_kind, h.words_blind, h.decided_on, h.amount_fen, h.public_status, h.ended_on,
          h.adverse_notified_on)
         is distinct from (s.true_on, s.public_kind, s.words_blind, s.decided_on, s.amount_fen, s.public_status, s.ended_on,
          s.adverse_notified_on)
), kept as (
  insert into bureau.public_record_fact
  select subject_id, public_id, known_at, true_on, %(member)s, public_kind, words_sealed, words_blind, decided_on, amount_fen,
         public_status, ended_on, adverse_notified_on, %(receipt)s
    from fresh
)
select count(*) filter (where is_new), count(*) filter (where not is_new) from fresh
