-- state_subjects
-- A key for every subject that holds in every rebuild: its smallest blind index, or the smallest key a furnisher gave it.
-- touches: subject, identifier, furnished_subject
-- for: jobs.furnishing.state
create temporary table state_subject on commit drop as
select s.subject_id, coalesce(i.key, r.key, '-') as subject
  from bureau.subject s
  left join (select subject_id, min(kind || ':' || encode(blind, 'hex') || ':' || encode(name_blind, 'hex') collate "C") as key
               from bureau.identifier group by subject_id) i using (subject_id)
  left join (select subject_id, min(member_id || ':' || encode(ref_key, 'hex') collate "C") as key
               from bureau.furnished_subject group by subject_id) r using (subject_id)

-- state_accounts
-- A key for every tradeline that holds in every rebuild: the furnisher's own.
-- touches: furnished_account
-- for: jobs.furnishing.state
create temporary table state_account on commit drop as
select tradeline_id, min(member_id || ':' || encode(account_key, 'hex') collate "C") as account
  from bureau.furnished_account group by tradeline_id

-- state_of_subject
-- Subjects as facts: no name, number or key is read.
-- touches: subject
-- for: jobs.furnishing.state
copy (select k.subject, s.kind, s.adult_on, s.synthetic, s.known_at
        from bureau.subject s join state_subject k using (subject_id) order by k.subject collate "C", s.known_at) to stdout

-- state_of_identifier
-- Which blind index belongs to whom.
-- touches: identifier
-- for: jobs.furnishing.state
copy (select i.kind, i.blind, i.name_blind, k.subject
        from bureau.identifier i left join state_subject k using (subject_id) order by i.kind collate "C", i.blind, i.name_blind) to stdout

-- state_of_furnished_subject
-- Whom a furnisher's keys for subjects name.
-- touches: furnished_subject
-- for: jobs.furnishing.state
copy (select f.member_id, f.ref_key, k.subject
        from bureau.furnished_subject f left join state_subject k using (subject_id)
       order by f.member_id collate "C", f.ref_key) to stdout

-- state_of_furnished_account
-- Whose a furnisher's accounts are.
-- touches: furnished_account
-- for: jobs.furnishing.state
copy (select f.member_id, f.account_key, k.subject
        from bureau.furnished_account f left join state_subject k using (subject_id)
       order by f.member_id collate "C", f.account_key) to stdout

-- state_of_tradeline_fact
-- Every version of every tradeline.
-- touches: tradeline_fact
-- for: jobs.furnishing.state
copy (select a.account, k.subject, f.known_at, f.true_on, f.furnisher_id, f.role, f.account_type, f.business_type, f.opened_on,
             f.due_on, f.closed_on, f.currency, f.limit_fen, f.account_status, f.five_class, f.receipt_id
        from bureau.tradeline_fact f left join state_account a using (tradeline_id) left join state_subject k using (subject_id)
       order by a.account collate "C", k.subject collate "C", f.known_at) to stdout

-- state_of_month_fact
-- Every version of every month.
-- touches: month_fact
-- for: jobs.furnishing.state
copy (select a.account, k.subject, f.month, f.known_at, f.status, f.balance_fen, f.due_fen, f.paid_fen, f.overdue_fen,
             f.adverse_notified_on, f.receipt_id
        from bureau.month_fact f left join state_account a using (tradeline_id) left join state_subject k using (subject_id)
       order by a.account collate "C", k.subject collate "C", f.month, f.known_at) to stdout

-- state_of_tradeline_current
-- The current file, which is what reports are made from.
-- touches: tradeline_current
-- for: jobs.furnishing.state
copy (select a.account, k.subject, c.furnisher_id, c.account_type, c.business_type, c.role, c.opened_on, c.closed_on, c.due_on,
             c.currency, c.limit_fen, c.account_status, c.five_class, c.as_of_on, c.first_month, c.statuses, c.balances,
             c.dues, c.paids, c.overdues, c.known_at
        from bureau.tradeline_current c left join state_account a using (tradeline_id)
        left join state_subject k using (subject_id)
       order by a.account collate "C", k.subject collate "C") to stdout

-- state_of_correction
-- Every corrected field.
-- touches: correction
-- for: jobs.furnishing.state
copy (select a.account, k.subject, c.month, c.known_at, c.field, c.member_id, c.source_id, c.record_no, c.old_value,
             c.new_value, c.old_known_at, c.reason
        from bureau.correction c left join state_account a using (tradeline_id) left join state_subject k using (subject_id)
       order by a.account collate "C", k.subject collate "C", c.month, c.known_at, c.field collate "C") to stdout

-- state_of_tombstone
-- Every deletion and its lifting.
-- touches: tombstone
-- for: jobs.furnishing.state
copy (select a.account, k.subject, t.month, t.known_at, t.is_lifted, t.member_id, t.account_key, t.source_id, t.record_no,
             t.reason
        from bureau.tombstone t left join state_account a using (tradeline_id) left join state_subject k using (subject_id)
       order by a.account collate "C", k.subject collate "C", t.month, t.known_at) to stdout

-- state_of_subject_claim
-- What furnishers say of birth and death; the hash of a birth day rests on our ids and only its presence counts.
-- touches: subject_claim
-- for: jobs.furnishing.state
copy (select k.subject, f.furnisher_id, f.known_at, f.birth_blind is not null, f.deceased_on, f.receipt_id
        from bureau.subject_claim f left join state_subject k using (subject_id)
       order by k.subject collate "C", f.furnisher_id collate "C", f.known_at) to stdout

-- state_of_account_party
-- Who else answers for an account.
-- touches: account_party
-- for: jobs.furnishing.state
copy (select f.member_id, f.account_key, k.subject, f.role, f.has_ended
        from bureau.account_party f left join state_subject k using (subject_id)
       order by f.member_id collate "C", f.account_key, k.subject collate "C") to stdout

-- state_of_party_fact
-- Every version of every party.
-- touches: party_fact
-- for: jobs.furnishing.state
copy (select a.account, k.subject, f.known_at, f.true_on, f.furnisher_id, f.role, f.liability_fen, f.ended_on, f.receipt_id
        from bureau.party_fact f left join state_account a using (tradeline_id) left join state_subject k using (subject_id)
       order by a.account collate "C", k.subject collate "C", f.known_at) to stdout

-- state_of_share_fact
-- Every version of every share.
-- touches: share_fact
-- for: jobs.furnishing.state
copy (select a.account, k.subject, f.funder, f.known_at, f.true_on, f.furnisher_id, f.share_bp, f.receipt_id
        from bureau.share_fact f left join state_account a using (tradeline_id) left join state_subject k using (subject_id)
       order by a.account collate "C", k.subject collate "C", f.funder collate "C", f.known_at) to stdout

-- state_of_guarantee_fact
-- Every version of every guarantee; its id follows from the furnisher's key.
-- touches: guarantee_fact
-- for: jobs.furnishing.state
copy (select k.subject, f.guarantee_id, f.known_at, f.true_on, f.furnisher_id, a.account, f.guarantee_kind, f.starts_on, f.ends_on,
             f.currency, f.amount_fen, f.outstanding_fen, f.guarantee_status, f.adverse_notified_on, f.receipt_id
        from bureau.guarantee_fact f left join state_account a using (tradeline_id) left join state_subject k using (subject_id)
       order by k.subject collate "C", f.guarantee_id, f.known_at) to stdout

-- state_of_platform_use_fact
-- Every version of every month of use.
-- touches: platform_use_fact
-- for: jobs.furnishing.state
copy (select k.subject, f.furnisher_id, f.service, f.month, f.known_at, f.active_band, f.spend_band, f.bills, f.bills_late,
             f.overdue_fen, f.adverse_notified_on, f.consent_key, f.consent_given_on, f.notice_on, f.receipt_id
        from bureau.platform_use_fact f left join state_subject k using (subject_id)
       order by k.subject collate "C", f.furnisher_id collate "C", f.service collate "C", f.month, f.known_at) to stdout

-- state_of_business_fact
-- Every version of every month of business.
-- touches: business_fact
-- for: jobs.furnishing.state
copy (select k.subject, f.furnisher_id, f.month, f.known_at, f.trader_kind, f.turnover_fen, f.refund_fen, f.orders, f.customers,
             f.active_days, f.largest_bp, f.penalties, f.consent_key, f.consent_given_on, f.notice_on, f.receipt_id
        from bureau.business_fact f left join state_subject k using (subject_id)
       order by k.subject collate "C", f.furnisher_id collate "C", f.month, f.known_at) to stdout

-- state_of_outside_inquiry_fact
-- Every version of every inquiry by others; its id follows from the furnisher's key.
-- touches: outside_inquiry_fact
-- for: jobs.furnishing.state
copy (select k.subject, f.inquiry_id, f.known_at, f.true_on, f.furnisher_id, f.asked_by, f.asker_kind, f.reason, f.receipt_id
        from bureau.outside_inquiry_fact f left join state_subject k using (subject_id)
       order by k.subject collate "C", f.inquiry_id, f.known_at) to stdout

-- state_of_public_record_fact
-- Every version of every public record, its words by their keyed hash.
-- touches: public_record_fact
-- for: jobs.furnishing.state
copy (select k.subject, f.public_id, f.known_at, f.true_on, f.furnisher_id, f.public_kind, f.words_blind, f.decided_on, f.amount_fen,
             f.public_status, f.ended_on, f.adverse_notified_on, f.receipt_id
        from bureau.public_record_fact f left join state_subject k using (subject_id)
       order by k.subject collate "C", f.public_id, f.known_at) to stdout
