-- add_receipt
-- The receipt of a furnished file.
-- touches: receipt
-- for: jobs.furnishing.receive
insert into bureau.receipt values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- add_furnishing
-- The progress record of a load.
-- touches: furnishing
-- for: jobs.furnishing.receive
insert into bureau.furnishing (receipt_id, member_id, is_repeat) values (%s, %s, %s)

-- add_receipt_event
-- The furnishing event of a receipt.
-- touches: event
-- for: jobs.furnishing.receive
insert into bureau.event values ('00000000-0000-0000-0000-000000000000', %s, 'furnishing', %s, 0, %s, 'bureau', %s)

-- add_chunk
-- A sealed piece of a furnished file.
-- touches: receipt_chunk
-- for: jobs.furnishing.receive
insert into bureau.receipt_chunk values (%s, %s, %s, %s)

-- add_container
-- A sealed piece of the container a file came in.
-- touches: receipt_container
-- for: jobs.furnishing.receive
insert into bureau.receipt_container values (%s, %s, %s)

-- find_receipt
-- A receipt with the state of its load.
-- touches: receipt, furnishing
-- for: jobs.furnishing.load
select r.member_id, r.format, r.record_kind, r.columns, r.wrapped_key, r.received_at, r.bytes, r.pieces, r.root, r.leaf_hash,
       f.is_done, f.next_chunk, f.next_record, f.records, f.accepted, f.refused, f.added, f.changed, f.unchanged, f.findings,
       f.is_repeat
  from bureau.receipt r join bureau.furnishing f using (receipt_id) where r.receipt_id = %s

-- lock_furnishing
-- One load of a receipt at a time.
-- touches: furnishing
-- for: jobs.furnishing.load
select next_chunk from bureau.furnishing where receipt_id = %s for update

-- earlier_receipt
-- A whole earlier file of the same member with as many bytes, to compare with.
-- touches: receipt
-- for: jobs.furnishing.receive
select receipt_id, wrapped_key from bureau.receipt where member_id = %s and bytes = %s and pieces = %s
 order by received_at desc limit 5

-- open_furnishings
-- Loads that are not done.
-- touches: furnishing
-- for: jobs.furnishing.load
select receipt_id from bureau.furnishing where not is_done order by receipt_id

-- read_chunk
-- A sealed piece of a furnished file.
-- touches: receipt_chunk
-- for: jobs.furnishing.load
select sealed from bureau.receipt_chunk where receipt_id = %s and chunk_no = %s

-- save_progress
-- How far a load has come.
-- touches: furnishing
-- for: jobs.furnishing.load
update bureau.furnishing
   set next_chunk = %s, next_record = %s, records = records + %s, accepted = accepted + %s, refused = refused + %s,
       added = added + %s, changed = changed + %s, unchanged = unchanged + %s, findings = findings + %s, is_done = %s
 where receipt_id = %s

-- findings_of
-- Findings of a file, in order.
-- touches: finding
-- for: jobs.furnishing.load
select record_no, rule, field, hint from bureau.finding where receipt_id = %s order by finding_no limit %s

-- finding_counts
-- Findings of a file by rule.
-- touches: finding
-- for: jobs.furnishing.load
select rule, count(*) from bureau.finding where receipt_id = %s group by rule order by rule

-- known_identifiers
-- Subjects behind blind indexes.
-- touches: identifier
-- for: jobs.furnishing.load
select kind, blind, subject_id, name_blind from bureau.identifier where (kind, blind) in (select unnest(%s::text[]), unnest(%s::bytea[]))
 order by subject_id

-- add_refs
-- A furnisher's keys for subjects.
-- touches: furnished_subject
-- for: jobs.furnishing.load
insert into bureau.furnished_subject select %s, unnest(%s::bytea[]), unnest(%s::uuid[])
on conflict (member_id, ref_key) do update set subject_id = excluded.subject_id

-- known_refs
-- Subjects behind a furnisher's own keys.
-- touches: furnished_subject
-- for: jobs.furnishing.load
select ref_key, subject_id from bureau.furnished_subject where member_id = %s and ref_key = any(%s)

-- known_accounts
-- Tradelines behind a furnisher's account keys.
-- touches: furnished_account
-- for: jobs.furnishing.load
select account_key, subject_id, tradeline_id from bureau.furnished_account where member_id = %s and account_key = any(%s)

-- loader_lock
-- One batch of identities at a time, so that nobody gets two records.
-- touches: identifier
-- for: jobs.furnishing.load
select pg_advisory_xact_lock(7203116)

-- stage_tradelines
-- A place for the tradelines of one batch.
-- touches: tradeline_current
-- for: jobs.furnishing.load
create temporary table if not exists stage_tradeline (
  record_no bigint, subject_id uuid, tradeline_id uuid, known_at timestamptz, true_on date, role text, account_type text,
  business_type text, opened_on date, due_on date, closed_on date, currency text, limit_fen bigint, account_status text,
  five_class text) on commit delete rows

-- apply_tradelines
-- Changed tradelines become new facts and the current row; what is as held changes nothing.
-- touches: tradeline_fact, tradeline_current
-- for: jobs.furnishing.load
with fresh as (
  select distinct on (s.subject_id, s.tradeline_id) s.*, c.tradeline_id is null as is_new
    from stage_tradeline s left join bureau.tradeline_current c using (subject_id, tradeline_id)
   where c.tradeline_id is null
      or (c.role, c.account_type, c.business_type, c.opened_on, c.due_on, c.closed_on, c.currency, c.limit_fen,
          c.account_status, c.five_class, c.as_of_on)
         is distinct from (s.role, s.account_type, s.business_type, s.opened_on, s.due_on, s.closed_on, s.currency, s.limit_fen,
          s.account_status, s.five_class, s.true_on)
   order by s.subject_id, s.tradeline_id, s.record_no desc
), kept as (
  insert into bureau.tradeline_fact
  select subject_id, tradeline_id, known_at, true_on, %(member)s, role, account_type, business_type, opened_on, due_on, closed_on,
         currency, limit_fen, account_status, five_class, %(receipt)s
    from fresh
), shown as (
  insert into bureau.tradeline_current
  select subject_id, tradeline_id, %(member)s, account_type, business_type, role, opened_on, closed_on, due_on, currency,
         limit_fen, account_status, five_class, true_on, 0, '', '{}', '{}', '{}', '{}', known_at
    from fresh
  on conflict (subject_id, tradeline_id) do update
     set account_type = excluded.account_type, business_type = excluded.business_type, role = excluded.role,
         opened_on = excluded.opened_on, closed_on = excluded.closed_on, due_on = excluded.due_on,
         currency = excluded.currency, limit_fen = excluded.limit_fen, account_status = excluded.account_status,
         five_class = excluded.five_class, as_of_on = excluded.as_of_on, known_at = excluded.known_at
)
select count(*) filter (where is_new), count(*) filter (where not is_new)
  from (select record_no, bool_or(is_new) as is_new from fresh group by record_no) as told

-- stage_months
-- A place for the months of one batch.
-- touches: month_fact
-- for: jobs.furnishing.load
create temporary table if not exists stage_month (
  record_no bigint, subject_id uuid, tradeline_id uuid, month int, known_at timestamptz, status text, balance_fen bigint,
  due_fen bigint, paid_fen bigint, overdue_fen bigint, adverse_notified_on date) on commit delete rows

-- apply_months
-- Changed months become new facts; what is as held changes nothing, nor does the same status without any amount (what is not
-- known does not erase what is).  Also: records that give a settled month another status.
-- touches: month_fact, tombstone
-- for: jobs.furnishing.load
with latest as (
  select distinct on (subject_id, tradeline_id, month) * from stage_month
   order by subject_id, tradeline_id, month, record_no desc
), fresh as (
  select s.*, h.known_at is null as is_new, h.status <> s.status and s.month < %(settled)s as is_other
    from latest s
    left join lateral (
      select m.known_at, m.status, m.balance_fen, m.due_fen, m.paid_fen, m.overdue_fen, m.adverse_notified_on
        from bureau.month_fact m
       where m.subject_id = s.subject_id and m.tradeline_id = s.tradeline_id and m.month = s.month
         and not exists (select from bureau.tombstone d
                          where d.subject_id = m.subject_id and d.tradeline_id = m.tradeline_id and d.month in (-1, m.month)
                            and not d.is_lifted and d.known_at >= m.known_at)
       order by m.known_at desc limit 1) h on true
   where h.known_at is null
      or (h.status, h.balance_fen, h.due_fen, h.paid_fen, h.overdue_fen, h.adverse_notified_on)
         is distinct from (s.status, s.balance_fen, s.due_fen, s.paid_fen, s.overdue_fen, s.adverse_notified_on)
     and not (h.status = s.status
              and num_nonnulls(s.balance_fen, s.due_fen, s.paid_fen, s.overdue_fen, s.adverse_notified_on) = 0)
), kept as (
  insert into bureau.month_fact
  select subject_id, tradeline_id, month, known_at, status, balance_fen, due_fen, paid_fen, overdue_fen, adverse_notified_on,
         %(receipt)s
    from fresh
)
select count(*) filter (where is_new), count(*) filter (where not is_new), array_agg(record_no) filter (where is_other)
  from (select record_no, bool_or(is_new) as is_new, bool_or(is_other) as is_other from fresh group by record_no) as told

-- project_months
-- The last 60 months of every touched tradeline, as compact columns of its current row.  Each is fetched by its key: the cost
-- is that of the batch, however much is held.
-- touches: month_fact, tradeline_current, tombstone
-- for: jobs.furnishing.load, jobs.furnishing.correct
with touched as (
  select distinct subject_id, tradeline_id from stage_month
), latest as (
  select held.*
    from touched t cross join lateral (
      select distinct on (m.month) m.*
        from bureau.month_fact m
       where m.subject_id = t.subject_id and m.tradeline_id = t.tradeline_id
         and not exists (select from bureau.tombstone d
                          where d.subject_id = m.subject_id and d.tradeline_id = m.tradeline_id and d.month in (-1, m.month)
                            and not d.is_lifted and d.known_at >= m.known_at)
       order by m.month, m.known_at desc) held
), span as (
  select subject_id, tradeline_id, greatest(min(month), max(month) - 59) as first_month, max(month) as last_month,
         max(known_at) as known_at, count(*) = max(month) - min(month) + 1 and count(*) <= 60 as is_whole
    from latest group by subject_id, tradeline_id
), filled as (
  select l.subject_id, l.tradeline_id, l.month, l.status, l.balance_fen, l.due_fen, l.paid_fen, l.overdue_fen
    from latest l join span s using (subject_id, tradeline_id) where s.is_whole
  union all
  select s.subject_id, s.tradeline_id, g.month, l.status, l.balance_fen, l.due_fen, l.paid_fen, l.overdue_fen
    from span s cross join lateral generate_series(s.first_month, s.last_month) as g (month)
    left join latest l on l.subject_id = s.subject_id and l.tradeline_id = s.tradeline_id and l.month = g.month
   where not s.is_whole
), columns as (
  select subject_id, tradeline_id, string_agg(coalesce(status, ' '), '' order by month) as statuses,
         array_agg(coalesce(balance_fen, -1) order by month) as balances,
         array_agg(coalesce(due_fen, -1) order by month) as dues,
         array_agg(coalesce(paid_fen, -1) order by month) as paids,
         array_agg(coalesce(overdue_fen, -1) order by month) as overdues
    from filled group by subject_id, tradeline_id
)
update bureau.tradeline_current c
   set first_month = s.first_month, statuses = n.statuses, balances = n.balances, dues = n.dues, paids = n.paids,
       overdues = n.overdues, known_at = greatest(c.known_at, s.known_at)
  from columns n join span s using (subject_id, tradeline_id)
 where c.subject_id = n.subject_id and c.tradeline_id = n.tradeline_id

-- file_as_of
-- The file of a subject as known at an instant, rebuilt from the ledger in the shape of the current file.
-- touches: tradeline_fact, month_fact, guarantee_fact, public_record_fact, share_fact, party_fact, outside_inquiry_fact, inquiry, tombstone, identity_link, identity_unlink
-- for: jobs.subject.as_of, jobs.furnishing.lineage
select bureau.file_as_of(bureau.linked_set(%(subject)s, %(as_of)s), %(as_of)s, %(as_of)s)

-- receipt_event
-- What opens the leaf of a receipt, sealed.
-- touches: event
-- for: jobs.furnishing.prove_record, jobs.furnishing.receive
select sealed from bureau.event where subject_id = '00000000-0000-0000-0000-000000000000' and leaf_hash = %s
