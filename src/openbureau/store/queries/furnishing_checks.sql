-- check_months
-- Each staged month against the months before it and against its account, as they stand after this batch.  The month before
-- is taken from the batch where it is there, else from the current row.  Months that are plainly in order go no further; for
-- the others there is one line a check.
-- touches: tradeline_current
-- for: jobs.furnishing.load
with staged as (
  select s.*, lag(s.month) over w = s.month - 1 as has_one, lag(s.month, 2) over w = s.month - 2 as has_two,
         lag(s.status) over w as status_1, lag(s.balance_fen) over w as balance_1, lag(s.overdue_fen) over w as overdue_1,
         lag(s.due_fen) over w as due_1, lag(s.paid_fen) over w as paid_1,
         lag(s.balance_fen, 2) over w as balance_2, lag(s.due_fen, 2) over w as due_2, lag(s.paid_fen, 2) over w as paid_2
    from stage_month s window w as (partition by s.subject_id, s.tradeline_id order by s.month, s.record_no)
), account as materialized (
  select held.*
    from (select distinct subject_id, tradeline_id from stage_month) t cross join lateral (
      select * from bureau.tradeline_current c
       where c.subject_id = t.subject_id and c.tradeline_id = t.tradeline_id offset 0) held
), beside as materialized (
  select s.record_no, s.month, s.status, s.balance_fen, s.due_fen, s.paid_fen, s.overdue_fen, c.account_type, c.limit_fen,
         c.closed_on, s.month - c.first_month + 1 as at, length(c.statuses) as length,
         strpos('1234567', s.status) as late,
         case when s.has_one then s.status_1
              else coalesce(nullif(substr(c.statuses, s.month - c.first_month, 1), ''), ' ') end as before,
         case when s.has_one then s.balance_1 else nullif(c.balances[s.month - c.first_month], -1) end as balance_before,
         case when s.has_one then s.overdue_1 else nullif(c.overdues[s.month - c.first_month], -1) end as overdue_before,
         c.account_type = 'D1' and s.paid_fen > s.due_fen and s.due_fen > 0
           and case when s.has_one then s.paid_1 > s.due_1 and s.due_1 > 0
                    else c.paids[s.month - c.first_month] > c.dues[s.month - c.first_month]
                         and c.dues[s.month - c.first_month] > 0 end
           and case when s.has_one and s.has_two then s.paid_2 > s.due_2 and s.due_2 > 0 and s.balance_fen >= s.balance_2
                    else c.paids[s.month - c.first_month - 1] > c.dues[s.month - c.first_month - 1]
                         and c.dues[s.month - c.first_month - 1] > 0 and c.balances[s.month - c.first_month - 1] >= 0
                         and s.balance_fen >= c.balances[s.month - c.first_month - 1] end as is_overpaid,
         extract(year from c.opened_on)::int * 12 + extract(month from c.opened_on)::int - 1 as opened_month,
         extract(year from c.closed_on)::int * 12 + extract(month from c.closed_on)::int - 1 as closed_month
    from staged s join account c using (subject_id, tradeline_id)
   where s.month >= c.first_month
), odd as (
  select *, strpos('1234567', before) as late_before from beside
   where status not in ('N', '*') or before not in ('N', '*') or month < opened_month or month > closed_month
      or (account_type = 'D1' and balance_fen > balance_before) or balance_fen > limit_fen + limit_fen / 2 or is_overpaid
      or overdue_before > 0
)
select distinct b.record_no, found.rule, found.field
  from odd b cross join lateral (values
    ('month-before-opening', 'month', b.month < b.opened_month),
    ('month-after-closing', 'month', b.month > b.closed_month and b.status not in ('C', 'G', '*')),
    ('month-gap', 'month', b.at > 1 and b.before = ' '),
    ('status-jump', 'status', b.late > b.late_before + 1 and b.before not in (' ', '#')),
    ('late-too-soon', 'status', b.late > 1 and b.late > b.month - b.opened_month + 1),
    ('back-after-settled', 'status', b.before in ('C', 'G') and b.status not in ('C', 'G', '*', '#')),
    ('settled-but-open', 'status', b.status = 'C' and b.at = b.length and b.closed_on is null),
    ('balance-up-without-drawing', 'balance_fen', b.account_type = 'D1' and b.balance_before > 0 and b.late = 0
      and b.late_before = 0 and b.balance_fen > b.balance_before and b.month > b.opened_month + 1),
    ('balance-over-limit', 'balance_fen', b.limit_fen > 0 and b.balance_fen > b.limit_fen + b.limit_fen / 2 and b.late < 4),
    ('paid-over-due-again', 'paid_fen', b.is_overpaid),
    ('overdue-fell-without-payment', 'overdue_fen', b.overdue_before > b.overdue_fen and b.paid_fen = 0)
  ) as found (rule, field, is_found)
 where found.is_found
 order by b.record_no

-- check_tradelines
-- Each staged account against what is held of it and of the same subject elsewhere, before it is applied.  One line a check.
-- touches: tradeline_current, subject_claim
-- for: jobs.furnishing.load
with beside as materialized (
  select s.*, c.opened_on as opened_before, c.account_type as type_before, c.limit_fen as limit_before,
         c.closed_on as closed_before, right(c.statuses, 1) as last_status
    from stage_tradeline s left join bureau.tradeline_current c using (subject_id, tradeline_id)
)
select distinct b.record_no, found.rule, found.field
  from beside b cross join lateral (values
    ('opened-day-changed', 'opened_on', b.opened_on <> b.opened_before),
    ('account-type-changed', 'account_type', b.account_type <> b.type_before),
    ('loan-amount-changed', 'limit_fen', b.account_type = 'D1' and b.type_before = 'D1' and b.limit_fen <> b.limit_before),
    ('closed-then-open', 'closed_on', b.closed_before is not null and b.closed_on is null),
    ('grade-against-history', 'five_class', b.five_class = '1' and b.last_status in ('4', '5', '6', '7')),
    ('account-twice', 'account_no', b.closed_on is null and exists (select from bureau.tradeline_current o
      where o.subject_id = b.subject_id and o.tradeline_id <> b.tradeline_id and o.furnisher_id <> %(member)s
        and o.closed_on is null and (o.account_type, o.opened_on, o.currency, o.limit_fen)
          = (b.account_type, b.opened_on, b.currency, b.limit_fen))),
    ('dead-elsewhere', 'as_of_on', b.closed_on is null and exists (select from bureau.subject_claim d
      where d.subject_id = b.subject_id and d.furnisher_id <> %(member)s and d.deceased_on < b.true_on
        and d.known_at = (select max(e.known_at) from bureau.subject_claim e
                           where e.subject_id = d.subject_id and e.furnisher_id = d.furnisher_id)))
  ) as found (rule, field, is_found)
 where found.is_found
 order by b.record_no

-- check_claims
-- Births that another furnisher contradicts, and deaths of subjects with accounts that another furnisher shows as active.
-- touches: subject_claim, tradeline_current
-- for: jobs.furnishing.load
with given as (
  select * from json_to_recordset(%(rows)s::json) as s (record_no bigint, subject_id uuid, birth_blind bytea, deceased_on date)
)
select distinct b.record_no, found.rule, found.field
  from given b cross join lateral (values
    ('contradicting-birth', 'born_on', exists (select from bureau.subject_claim d
      where d.subject_id = b.subject_id and d.furnisher_id <> %(member)s and d.birth_blind <> b.birth_blind
        and d.known_at = (select max(e.known_at) from bureau.subject_claim e
                           where e.subject_id = d.subject_id and e.furnisher_id = d.furnisher_id))),
    ('dead-elsewhere', 'deceased_on', exists (select from bureau.tradeline_current c
      where c.subject_id = b.subject_id and c.furnisher_id <> %(member)s and c.closed_on is null
        and c.as_of_on > b.deceased_on))
  ) as found (rule, field, is_found)
 where found.is_found
 order by b.record_no

-- check_shares
-- Shares of one loan as of one day: never more than the whole; and all of one day.
-- touches: share_fact
-- for: jobs.furnishing.load
with given as (
  select distinct on (subject_id, tradeline_id, funder) * from json_to_recordset(%(rows)s::json)
    as s (record_no bigint, subject_id uuid, tradeline_id uuid, funder text, true_on date, share_bp int)
   order by subject_id, tradeline_id, funder, record_no desc
), latest as (
  select distinct on (h.subject_id, h.tradeline_id, h.funder) h.subject_id, h.tradeline_id, h.funder, h.true_on, h.share_bp
    from bureau.share_fact h join (select distinct subject_id, tradeline_id from given) g using (subject_id, tradeline_id)
   order by h.subject_id, h.tradeline_id, h.funder, h.known_at desc
), together as (
  select subject_id, tradeline_id, funder, true_on, share_bp from given
  union all
  select l.* from latest l
   where not exists (select from given g where (g.subject_id, g.tradeline_id, g.funder) = (l.subject_id, l.tradeline_id, l.funder))
), beside as (
  select subject_id, tradeline_id, true_on, sum(share_bp) as whole_bp,
         count(*) <> sum(count(*)) over (partition by subject_id, tradeline_id) as is_mixed
    from together group by subject_id, tradeline_id, true_on
)
select distinct g.record_no, found.rule, found.field
  from json_to_recordset(%(rows)s::json) as g (record_no bigint, subject_id uuid, tradeline_id uuid, true_on date)
  join beside b using (subject_id, tradeline_id, true_on)
 cross join lateral (values
    ('shares-over-whole', 'share_bp', b.whole_bp > 10000),
    ('share-days-differ', 'as_of_on', b.is_mixed)
  ) as found (rule, field, is_found)
 where found.is_found
 order by g.record_no
