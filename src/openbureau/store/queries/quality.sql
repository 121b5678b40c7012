-- quality_timeliness
-- Of each account the newest month that came in for the first time: how many, how many on time, and the median of days.
-- touches: month_fact, furnished_account
-- for: jobs.furnishing.quality
with fresh as (
  select f.subject_id, f.tradeline_id, f.month, min(f.known_at) as known_at
    from bureau.month_fact f join bureau.furnished_account a using (subject_id, tradeline_id)
   where a.member_id = %(member)s group by 1, 2, 3
), newest as (
  select distinct on (subject_id, tradeline_id)
         (known_at at time zone interval '08:00')::date
         - (make_date(month / 12, month %% 12 + 1, 1) + interval '1 month' - interval '1 day')::date as days
    from fresh where known_at >= %(since)s and known_at < %(until)s
   order by subject_id, tradeline_id, month desc
)
select count(*), count(*) filter (where days <= %(on_time)s), percentile_disc(0.5) within group (order by days) from newest

-- quality_fields
-- Important optional fields of what came in, and how many were filled.
-- touches: month_fact, tradeline_fact, furnished_account
-- for: jobs.furnishing.quality
select coalesce(sum(asked), 0), coalesce(sum(given), 0) from (
  select 4 * count(*) as asked,
         count(f.balance_fen) + count(f.due_fen) + count(f.paid_fen) + count(f.overdue_fen) as given
    from bureau.month_fact f join bureau.furnished_account a using (subject_id, tradeline_id)
   where a.member_id = %(member)s and f.known_at >= %(since)s and f.known_at < %(until)s
  union all
  select 2 * count(*), count(due_on) + count(five_class) from bureau.tradeline_fact
   where furnisher_id = %(member)s and known_at >= %(since)s and known_at < %(until)s) counted

-- quality_held
-- What is held from a furnisher: months spanned and held, facts, persons.
-- touches: tradeline_current
-- for: jobs.furnishing.quality
select coalesce(sum(length(statuses)), 0), coalesce(sum(length(replace(statuses, ' ', ''))), 0),
       coalesce(sum(length(replace(statuses, ' ', ''))), 0) + count(*), count(distinct subject_id)
  from bureau.tradeline_current where furnisher_id = %(member)s

-- quality_receipts
-- Files of a month and what became of their records.
-- touches: receipt, furnishing
-- for: jobs.furnishing.quality
select count(*), coalesce(sum(f.records), 0), coalesce(sum(f.accepted), 0), coalesce(sum(f.refused), 0)
  from bureau.receipt r join bureau.furnishing f using (receipt_id)
 where r.member_id = %(member)s and r.received_at >= %(since)s and r.received_at < %(until)s

-- quality_rules
-- Findings of a month's files by rule.
-- touches: receipt, finding
-- for: jobs.furnishing.quality
select n.rule, count(*) from bureau.receipt r join bureau.finding n using (receipt_id)
 where r.member_id = %(member)s and r.received_at >= %(since)s and r.received_at < %(until)s group by n.rule order by n.rule

-- quality_corrections
-- Fields corrected and records deleted in a month, and the persons concerned.
-- touches: correction, tombstone
-- for: jobs.furnishing.quality
select count(*), count(*) filter (where is_deletion), count(distinct subject_id) from (
  select subject_id, false as is_deletion from bureau.correction
   where member_id = %(member)s and known_at >= %(since)s and known_at < %(until)s
  union all
  select subject_id, true from bureau.tombstone
   where member_id = %(member)s and not is_lifted and known_at >= %(since)s and known_at < %(until)s) c

-- quality_untraced
-- Were the answers of a month's corrections not looked for yet?
-- touches: correction, tombstone, lineage_done
-- for: jobs.furnishing.quality
select exists (
  select from (
    select subject_id, source_id from bureau.correction
     where member_id = %(member)s and known_at >= %(since)s and known_at < %(until)s
    union
    select subject_id, source_id from bureau.tombstone
     where member_id = %(member)s and not is_lifted and known_at >= %(since)s and known_at < %(until)s) c
  left join bureau.lineage_done d using (subject_id, source_id) where d.subject_id is null)

-- quality_moved
-- The answers that a month's corrections touched.
-- touches: correction, tombstone, answer_touched
-- for: jobs.furnishing.quality
select t.subject_id, t.score_before, t.score_after, t.reasons_changed
  from bureau.answer_touched t
  join (
    select subject_id, source_id from bureau.correction
     where member_id = %(member)s and known_at >= %(since)s and known_at < %(until)s
    union
    select subject_id, source_id from bureau.tombstone
     where member_id = %(member)s and not is_lifted and known_at >= %(since)s and known_at < %(until)s
  ) c using (subject_id, source_id)
