-- begin_upload
-- A file that will come in pieces.
-- touches: upload
-- for: jobs.furnishing.upload
insert into bureau.upload (upload_id, member_id, size, promised_sealed, wrapped_key, begun_at, expires_at)
values (%s, %s, %s, %s, %s, %s, %s)

-- find_upload
-- How far an upload of this member has come; none after its term.
-- touches: upload
-- for: jobs.furnishing.upload
select upload_id, size, promised_sealed, wrapped_key, begun_at, expires_at, held, pieces
  from bureau.upload where upload_id = %s and member_id = %s and expires_at > %s

-- lock_upload
-- The same, against another piece at the same time.
-- touches: upload
-- for: jobs.furnishing.upload
select upload_id, size, promised_sealed, wrapped_key, begun_at, expires_at, held, pieces
  from bureau.upload where upload_id = %s and member_id = %s and expires_at > %s for update

-- open_uploads
-- Uploads of a member that are under way.
-- touches: upload
-- for: jobs.furnishing.upload
select upload_id, size, promised_sealed, wrapped_key, begun_at, expires_at, held, pieces
  from bureau.upload where member_id = %s and expires_at > %s order by begun_at desc limit 200

-- add_upload_piece
-- A sealed piece of an upload.
-- touches: upload_piece
-- for: jobs.furnishing.upload
insert into bureau.upload_piece values (%s, %s, %s)

-- extend_upload
-- How far an upload has come, in the transaction of its piece.
-- touches: upload
-- for: jobs.furnishing.upload
update bureau.upload set held = held + %s, pieces = pieces + 1 where upload_id = %s

-- read_upload_piece
-- A sealed piece of an upload.
-- touches: upload_piece
-- for: jobs.furnishing.upload
select sealed from bureau.upload_piece where upload_id = %s and piece_no = %s

-- end_upload
-- An upload that was received or given up: its pieces go with it.
-- touches: upload, upload_piece
-- for: jobs.furnishing.upload
delete from bureau.upload where upload_id = %s and member_id = %s

-- end_expired_uploads
-- Uploads whose term is over: their pieces go with them.
-- touches: upload, upload_piece
-- for: jobs.furnishing.upload
delete from bureau.upload where expires_at <= %s

-- add_arrival
-- What arrived, and the one receipt that comes of it; nothing where it has one already.
-- touches: arrival
-- for: jobs.furnishing.receive
insert into bureau.arrival values (%s, %s, %s, %s, %s) on conflict (member_id, arrival_key) do nothing

-- find_arrival
-- The receipt that came of what arrived.
-- touches: arrival
-- for: jobs.furnishing.receive
select receipt_id, content_key from bureau.arrival where member_id = %s and arrival_key = %s

-- receipt_lock
-- One receipt or rule of a member at a time gets its instant.
-- touches: receipt
-- for: jobs.furnishing.receive, jobs.furnishing.correct_rule
select pg_advisory_xact_lock(hashtextextended(%s, 7203118))

-- latest_known
-- The instant after the last at which a record of a member's files and rules is known.  Receipts do not overlap.
-- touches: receipt, correction_rule, rule_step
-- for: jobs.furnishing.receive, jobs.furnishing.correct_rule
select max(known.at) from (
  (select received_at + (pieces + 1) * interval '1 microsecond' as at from bureau.receipt where member_id = %(member)s
    order by received_at desc limit 1)
  union all
  select r.decided_at + coalesce(max(s.next_number), 1) * interval '1 microsecond'
    from bureau.correction_rule r left join bureau.rule_step s using (rule_id) where r.member_id = %(member)s
   group by r.rule_id
) known

-- open_before
-- Loads of the same member that are not done and were received before one, in that order.
-- touches: receipt, furnishing
-- for: jobs.furnishing.load
select f.receipt_id from bureau.furnishing f join bureau.receipt r using (receipt_id)
  join bureau.receipt mine on mine.receipt_id = %s
 where not f.is_done and r.member_id = mine.member_id and r.received_at < mine.received_at order by r.received_at

-- try_load_lock
-- One load of a member at a time: held by the connection, and gone with it when its process is killed.
-- touches: furnishing
-- for: jobs.furnishing.load
select pg_try_advisory_lock(hashtextextended(%s, 7203117))

-- load_lock
-- The same, waiting for the other load to end.
-- touches: furnishing
-- for: jobs.furnishing.load
select pg_advisory_lock(hashtextextended(%s, 7203117))

-- load_unlock
-- The end of a load.
-- touches: furnishing
-- for: jobs.furnishing.load
select pg_advisory_unlock(hashtextextended(%s, 7203117))

-- furnishings_of
-- Receipts of a member, newest first, before one of them, with their loads and the door they came by.
-- touches: receipt, furnishing, arrival
-- for: jobs.furnishing.progress
select r.receipt_id, r.member_id, r.format, r.received_at, r.bytes, r.pieces, r.leaf_hash, f.is_done, f.next_record, f.records,
       f.accepted, f.refused, f.added, f.changed, f.unchanged, f.findings, f.is_repeat, coalesce(a.door, 'file')
  from bureau.receipt r join bureau.furnishing f using (receipt_id) left join bureau.arrival a using (receipt_id)
 where (%(member)s::text is null or r.member_id = %(member)s) and (%(before)s::uuid is null or r.receipt_id < %(before)s)
   and (%(one)s::uuid is null or r.receipt_id = %(one)s)
 order by r.receipt_id desc limit %(most)s

-- furnishing_totals
-- Files, records and findings of each furnisher.
-- touches: furnishing, receipt
-- for: jobs.furnishing.progress
select f.member_id, count(*), sum(f.records), sum(f.accepted), sum(f.refused), sum(f.findings), sum(f.is_repeat::int),
       sum((not f.is_done)::int), max(r.received_at)
  from bureau.furnishing f join bureau.receipt r using (receipt_id) group by f.member_id order by f.member_id

-- findings_by_rule
-- Findings of a member by rule: how many, in how many files, when last.
-- touches: finding, furnishing, receipt
-- for: jobs.furnishing.progress
select n.rule, count(*), count(distinct n.receipt_id), max(r.received_at)
  from bureau.finding n join bureau.receipt r using (receipt_id)
 where %(member)s::text is null or r.member_id = %(member)s group by n.rule order by count(*) desc, n.rule

-- finding_examples
-- The first findings of each rule of a file.
-- touches: finding
-- for: jobs.furnishing.progress
select record_no, rule, field, hint from (
  select record_no, rule, field, hint, finding_no, row_number() over (partition by rule order by finding_no) as place
    from bureau.finding where receipt_id = %s) as numbered
 where place <= %s order by rule, finding_no

-- held_totals
-- What is held from a furnisher: accounts by type, status and last month.
-- touches: furnished_account, tradeline_current
-- for: jobs.furnishing.held
select c.account_type, c.account_status, case when c.statuses = '' then null else c.first_month + length(c.statuses) - 1 end,
       count(*), count(*) filter (where right(c.statuses, 1) between '1' and '7')
  from bureau.furnished_account a join bureau.tradeline_current c using (subject_id, tradeline_id)
 where a.member_id = %s group by 1, 2, 3 order by 1, 2, 3 desc nulls last

-- held_accounts
-- Accounts behind a furnisher's own account keys, as held now.
-- touches: furnished_account, tradeline_current
-- for: jobs.furnishing.held
select a.account_key, c.account_type, c.business_type, c.role, c.opened_on, c.closed_on, c.currency, c.limit_fen,
       c.account_status, c.as_of_on, c.first_month, c.statuses, c.balances[array_upper(c.balances, 1)],
       c.overdues[array_upper(c.overdues, 1)], c.known_at
  from bureau.furnished_account a join bureau.tradeline_current c using (subject_id, tradeline_id)
 where a.member_id = %s and a.account_key = any(%s)
