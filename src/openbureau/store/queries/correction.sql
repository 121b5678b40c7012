-- held_tradelines
-- Tradelines as they stand, and since when.
-- touches: tradeline_current, tradeline_fact
-- for: jobs.furnishing.correct
select c.subject_id, c.tradeline_id, c.role, c.account_type, c.business_type, c.opened_on, c.due_on, c.closed_on, c.currency,
       c.limit_fen, c.account_status, c.five_class, c.as_of_on, f.known_at
  from (select * from unnest(%s::uuid[], %s::uuid[]) as k (subject_id, tradeline_id)) k
  join bureau.tradeline_current c using (subject_id, tradeline_id)
  join lateral (select max(t.known_at) as known_at from bureau.tradeline_fact t
                 where t.subject_id = c.subject_id and t.tradeline_id = c.tradeline_id) f on true

-- held_months
-- Months as they stand, and since when.
-- touches: month_fact, tombstone
-- for: jobs.furnishing.correct
select distinct on (m.subject_id, m.tradeline_id, m.month) m.subject_id, m.tradeline_id, m.month, m.status, m.balance_fen,
       m.due_fen, m.paid_fen, m.overdue_fen, m.adverse_notified_on, m.known_at
  from (select distinct * from unnest(%s::uuid[], %s::uuid[]) as k (subject_id, tradeline_id)) k
  join bureau.month_fact m using (subject_id, tradeline_id)
 where m.month = any(coalesce(%s::int[], array[m.month]))
   and not bureau.is_deleted(m.subject_id, m.tradeline_id, m.month, m.known_at, 'infinity')
 order by m.subject_id, m.tradeline_id, m.month, m.known_at desc

-- forget_current
-- Deleted tradelines leave the current file; the ledger keeps them.
-- touches: tradeline_current
-- for: jobs.furnishing.correct
delete from bureau.tradeline_current where (subject_id, tradeline_id) in (select * from unnest(%s::uuid[], %s::uuid[]))

-- clear_months
-- A tradeline whose months are about to be projected anew, in case none is left.
-- touches: tradeline_current
-- for: jobs.furnishing.correct
update bureau.tradeline_current
   set first_month = 0, statuses = '', balances = '{}', dues = '{}', paids = '{}', overdues = '{}'
 where (subject_id, tradeline_id) in (select * from unnest(%s::uuid[], %s::uuid[]))

-- stage_touched
-- Names the tradelines whose months are projected anew.
-- touches: month_fact
-- for: jobs.furnishing.correct
insert into stage_month (subject_id, tradeline_id) select * from unnest(%s::uuid[], %s::uuid[])

-- clear_stage
-- The place of a batch's months is empty again.
-- touches: month_fact
-- for: jobs.furnishing.correct
delete from stage_month

-- clear_stage_tradelines
-- The place of a batch's tradelines is empty again.
-- touches: tradeline_current
-- for: jobs.furnishing.correct
delete from stage_tradeline

-- has_tombstones
-- Was anything of a furnisher's ever deleted?
-- touches: tombstone
-- for: jobs.furnishing.apply
select exists (select from bureau.tombstone where member_id = %s)

-- deleted_places
-- What of a furnisher's accounts is deleted and not lifted.
-- touches: tombstone
-- for: jobs.furnishing.apply
select account_key, month from (
  select distinct on (account_key, subject_id, month) account_key, month, is_lifted
    from bureau.tombstone where member_id = %s and account_key = any(%s)
   order by account_key, subject_id, month, known_at desc) latest where not is_lifted

-- deleted_lines
-- What a furnisher's deleted accounts of some subjects looked like, so that none comes back under another number.
-- touches: tombstone, tradeline_fact
-- for: jobs.furnishing.apply
select f.subject_id, f.account_type, f.business_type, f.opened_on, f.currency, f.limit_fen
  from (select distinct on (subject_id, tradeline_id) * from bureau.tombstone
         where member_id = %s and subject_id = any(%s::uuid[]) and month = -1
         order by subject_id, tradeline_id, known_at desc) t
  join bureau.tradeline_fact f using (subject_id, tradeline_id) where not t.is_lifted

-- untold_corrections
-- Persons whose chains do not say yet that something of theirs was corrected.
-- touches: correction, tombstone, correction_told
-- for: jobs.furnishing.correct
select c.subject_id, c.source_id, min(c.member_id), count(*), count(*) filter (where c.is_deletion)
  from (select subject_id, source_id, member_id, false as is_deletion from bureau.correction
        union all select subject_id, source_id, member_id, not is_lifted from bureau.tombstone) c
  left join bureau.correction_told t using (subject_id, source_id)
 where t.subject_id is null group by c.subject_id, c.source_id order by c.subject_id, c.source_id

-- mark_told
-- A person's chain says what a source corrected.
-- touches: correction_told
-- for: jobs.furnishing.correct
insert into bureau.correction_told values (%s, %s, %s, %s)

-- lock_telling
-- One telling of a person at a time.
-- touches: correction_told
-- for: jobs.furnishing.correct
select pg_advisory_xact_lock(7203118, hashtext(%s))

-- is_told
-- Does a person's chain say what a source corrected?
-- touches: correction_told
-- for: jobs.furnishing.correct
select 1 from bureau.correction_told where subject_id = %s and source_id = %s

-- without_lineage
-- Corrections whose answers were not looked for yet.
-- touches: correction, tombstone, lineage_done
-- for: jobs.furnishing.lineage
select subject_id, source_id
  from (select subject_id, source_id from bureau.correction union select subject_id, source_id from bureau.tombstone
         where not is_lifted) c
  left join bureau.lineage_done d using (subject_id, source_id)
 where d.subject_id is null order by subject_id, source_id

-- changes_of
-- What a source corrected or deleted of a subject.
-- touches: correction, tombstone
-- for: jobs.furnishing.lineage
select tradeline_id, month, known_at, field, old_value, new_value from bureau.correction
 where subject_id = %(subject)s and source_id = %(source)s
union all
select tradeline_id, month, known_at, null, null, null from bureau.tombstone
 where subject_id = %(subject)s and source_id = %(source)s and not is_lifted
 order by known_at, field

-- answers_before
-- Answers about a subject that left before an instant.
-- touches: inquiry
-- for: jobs.furnishing.lineage
select inquiry_id, member_id, asked_at, outcome from bureau.inquiry
 where subject_id = %s and asked_at < %s and outcome <> 'refused' and product not like 'replay;%%' order by asked_at

-- mark_lineage
-- The answers of a correction were looked for.
-- touches: lineage_done
-- for: jobs.furnishing.lineage
insert into bureau.lineage_done values (%s, %s, %s) on conflict do nothing

-- add_answer_touched
-- An answer that went out with a value corrected later.
-- touches: answer_touched
-- for: jobs.furnishing.lineage
insert into bureau.answer_touched values (%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- touched_answers
-- Every answer about a subject that went out with a value corrected later.
-- touches: answer_touched
-- for: jobs.furnishing.lineage
select subject_id, source_id, inquiry_id, member_id, asked_at, outcome, score_before, score_after, reasons_changed
  from bureau.answer_touched where subject_id = %s order by asked_at, source_id

-- accounts_after
-- A furnisher's accounts in the order of their keys, some at a time, with every party of each.
-- touches: furnished_account, account_party
-- for: jobs.furnishing.correct_rule
with chosen as (
  select account_key, subject_id, tradeline_id from bureau.furnished_account
   where member_id = %(member)s and account_key > %(after)s and (%(until)s::bytea is null or account_key <= %(until)s)
   order by account_key limit %(most)s
)
select account_key, subject_id, tradeline_id from chosen
union all
select p.account_key, p.subject_id, p.tradeline_id
  from bureau.account_party p join chosen using (account_key) where p.member_id = %(member)s
 order by account_key

-- add_rule
-- A correction by rule, as it was decided.
-- touches: correction_rule
-- for: jobs.furnishing.correct_rule
insert into bureau.correction_rule values (%s, %s, %s, %s, %s, %s)

-- add_rule_event
-- The event of a rule.
-- touches: event
-- for: jobs.furnishing.correct_rule
insert into bureau.event values ('00000000-0000-0000-0000-000000000000', %s, 'correction', %s, 0, %s, 'bureau', %s)

-- find_rule
-- A kept rule.
-- touches: correction_rule
-- for: jobs.furnishing.correct_rule
select rule_id, member_id, content, decided_at, decided_by, leaf_hash from bureau.correction_rule where rule_id = %s

-- lock_rule
-- One run of a rule at a time.
-- touches: rule_step
-- for: jobs.furnishing.correct_rule
select pg_advisory_xact_lock(7203119, hashtext(%s))

-- last_rule_step
-- Where a rule stands.
-- touches: rule_step
-- for: jobs.furnishing.correct_rule
select step_no, last_key, next_number, touched, accounts, subjects, refused from bureau.rule_step
 where rule_id = %s order by step_no desc limit 1

-- one_rule_step
-- Where a rule stood after one of its steps.
-- touches: rule_step
-- for: jobs.furnishing.rebuild
select step_no, last_key, next_number, touched, accounts, subjects, refused from bureau.rule_step
 where rule_id = %s and step_no = %s

-- add_rule_step
-- How far a rule has come.
-- touches: rule_step
-- for: jobs.furnishing.correct_rule
insert into bureau.rule_step values (%s, %s, clock_timestamp(), %s, %s, %s, %s, %s, %s)

-- open_rules
-- Rules that are not at their end.
-- touches: correction_rule, rule_step
-- for: jobs.furnishing.correct_rule
select rule_id from bureau.correction_rule r
 where not exists (select from bureau.rule_step s where s.rule_id = r.rule_id and s.last_key is null) order by rule_id

-- every_party
-- Everybody but the main party who ever answered for a furnisher's accounts.
-- touches: account_party
-- for: jobs.furnishing.correct
select account_key, subject_id, tradeline_id, role from bureau.account_party
 where member_id = %s and account_key = any(%s) order by account_key, subject_id
