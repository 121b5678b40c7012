-- lock_bills
-- Closing and crediting wait for one another.
-- touches: bill_month
-- for: jobs.billing.close, jobs.billing.credit
select pg_advisory_xact_lock(7203116)

-- bill_lines
-- The charges of a member in a month, each with the leaf of its inquiry and that leaf's place in the log.
-- touches: charge, inquiry, log_entry
-- for: jobs.billing.close, jobs.billing.invoices
select c.lane, c.bill_seq, c.charged_on, c.product, c.rule_id, c.amount_fen, c.currency, c.inquiry_id, q.leaf_hash, l.leaf_index
  from bureau.charge c
  join bureau.inquiry q on q.subject_id = c.subject_id and q.inquiry_id = c.inquiry_id
  left join bureau.log_entry l on l.leaf_hash = q.leaf_hash
 where c.member_id = %s and c.bill_month = %s

-- bill_credits
-- The credit notes of a member in a month, each with its charge, the month of that, and its leaf.
-- touches: credit_note, charge, inquiry, log_entry
-- for: jobs.billing.close, jobs.billing.invoices
select c.lane, c.bill_seq, c.charged_on, c.product, c.rule_id, c.amount_fen, c.currency, c.inquiry_id, q.leaf_hash, l.leaf_index,
       c.bill_month, n.reason, n.evidence, n.noted_at
  from bureau.credit_note n
  join bureau.charge c on c.subject_id = n.subject_id and c.inquiry_id = n.inquiry_id
  join bureau.inquiry q on q.subject_id = c.subject_id and q.inquiry_id = c.inquiry_id
  left join bureau.log_entry l on l.leaf_hash = q.leaf_hash
 where n.member_id = %s and n.bill_month = %s

-- charges_left
-- How many charges of a member in some months, by rule and price, were not given back in an invoice before a month.
-- touches: charge, credit_note
-- for: jobs.billing.close, jobs.billing.invoices
select c.bill_month, c.rule_id, c.amount_fen, count(*) - count(n.inquiry_id)
  from bureau.charge c
  left join bureau.credit_note n
    on n.subject_id = c.subject_id and n.inquiry_id = c.inquiry_id and n.bill_month < %(month)s
 where c.member_id = %(member)s and c.bill_month = any(%(months)s)
 group by c.bill_month, c.rule_id, c.amount_fen

-- numbered_charges
-- How many charges the lanes of a member in a month have numbered.
-- touches: lane_head
-- for: jobs.billing.close
select coalesce(sum(seq), 0)::bigint from bureau.lane_head where member_id = %s and bill_month = %s

-- billed_members
-- Who has a charge or a credit note in a month.
-- touches: charge, credit_note
-- for: jobs.billing.close
select member_id from bureau.charge where bill_month = %(month)s
 union select member_id from bureau.credit_note where bill_month = %(month)s order by member_id

-- open_months
-- Months with charges or credit notes that are not closed.
-- touches: charge, credit_note, bill_month
-- for: jobs.billing.close, jobs.billing.due
select bill_month from bureau.charge union select bill_month from bureau.credit_note
except select bill_month from bureau.bill_month order by bill_month

-- own_open_months
-- A member's months with charges or credit notes that are not closed.
-- touches: charge, credit_note, bill_month
-- for: jobs.billing.invoices
select bill_month from bureau.charge where member_id = %(member)s
 union select bill_month from bureau.credit_note where member_id = %(member)s
except select bill_month from bureau.bill_month order by bill_month

-- closed_month
-- A closed month: when, and the leaf of its entry.
-- touches: bill_month
-- for: jobs.billing.close, jobs.billing.invoices, jobs.billing.dispute
select closed_at, entry, leaf_hash from bureau.bill_month where bill_month = %s

-- closed_months
-- Every closed month, oldest first.
-- touches: bill_month
-- for: jobs.billing.close, jobs.log.export
select bill_month from bureau.bill_month order by bill_month

-- add_bill_month
-- A month is closed.
-- touches: bill_month
-- for: jobs.billing.close
insert into bureau.bill_month values (%s, %s, %s, %s, %s)

-- add_invoice
-- An invoice of a closed month.
-- touches: invoice
-- for: jobs.billing.close
insert into bureau.invoice values (%s, %s, %s, %s, %s, %s, %s)

-- own_invoice
-- A member's invoice of a closed month.
-- touches: invoice
-- for: jobs.billing.close, jobs.billing.invoices
select content, summary, salt, place from bureau.invoice where member_id = %s and bill_month = %s

-- own_invoices
-- The summaries of a member's invoices, newest first.
-- touches: invoice
-- for: jobs.billing.invoices
select summary from bureau.invoice where member_id = %s order by bill_month desc limit %s

-- invoices_of
-- Salted summaries of every invoice of a month in the order of its tree, for the committee.
-- touches: invoice
-- for: jobs.log.export
select summary, salt from bureau.invoice where bill_month = %s order by place

-- bill_leaves
-- The leaves of a month's tree.
-- touches: invoice
-- for: jobs.billing.invoices
select * from bureau.bill_leaves(%s)

-- wrong_answers
-- Charged answers that went out with a value corrected later by another than the asker, and that were not given back; with
-- the first event that tells of the correction.  A score is wrong only where it or its reasons changed.
-- touches: answer_touched, charge, correction_told, credit_note, correction, tombstone
-- for: jobs.billing.credit
select distinct on (c.subject_id, c.inquiry_id) c.member_id, c.subject_id, c.inquiry_id, t.leaf_hash
  from bureau.answer_touched a
  join bureau.charge c on c.subject_id = a.subject_id and c.inquiry_id = a.inquiry_id
  join bureau.correction_told t on t.subject_id = a.subject_id and t.source_id = a.source_id
 where (split_part(c.product, ';', 1) <> 'score' or a.reasons_changed or a.score_before is distinct from a.score_after)
   and not exists (select from bureau.credit_note n where n.subject_id = c.subject_id and n.inquiry_id = c.inquiry_id)
   and not exists (select from bureau.correction x
                    where x.source_id = a.source_id and x.subject_id = a.subject_id and x.member_id = c.member_id)
   and not exists (select from bureau.tombstone x
                    where x.source_id = a.source_id and x.subject_id = a.subject_id and x.member_id = c.member_id)
 order by c.subject_id, c.inquiry_id, t.told_at

-- add_credit_note
-- A charge is given back in the month of the charge, or in the first month after it that is not closed.
-- touches: credit_note, charge, bill_month
-- for: jobs.billing.credit, jobs.billing.dispute
insert into bureau.credit_note
select c.subject_id, c.inquiry_id, c.member_id,
       greatest(c.bill_month, (select to_char(to_date(max(m.bill_month), 'YYYY-MM') + interval '1 month', 'YYYY-MM')
                                 from bureau.bill_month m)),
       %(reason)s, %(evidence)s, %(at)s, %(by)s
  from bureau.charge c where c.subject_id = %(subject)s and c.inquiry_id = %(inquiry)s
    on conflict (subject_id, inquiry_id) do nothing

-- charge_of_line
-- The charge behind a line of a member's bill: its subject, and whether it was given back or disputed before.
-- touches: charge, credit_note, bill_dispute
-- for: jobs.billing.dispute
select c.subject_id, n.inquiry_id is not null, d.inquiry_id is not null
  from bureau.charge c
  left join bureau.credit_note n on n.subject_id = c.subject_id and n.inquiry_id = c.inquiry_id
  left join bureau.bill_dispute d on d.subject_id = c.subject_id and d.inquiry_id = c.inquiry_id
 where c.member_id = %s and c.bill_month = %s and c.inquiry_id = %s

-- add_bill_dispute
-- A member's objection to a line.
-- touches: bill_dispute
-- for: jobs.billing.dispute
insert into bureau.bill_dispute values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing

-- bill_disputes
-- Objections with their decisions, of one member or of all, newest first.
-- touches: bill_dispute, bill_decision
-- for: jobs.billing.dispute
select d.dispute_id, d.member_id, d.subject_id, d.inquiry_id, d.bill_month, d.reason, d.words_sealed, d.opened_at, d.decide_by,
       e.is_upheld, e.words_sealed, e.decided_at, e.decided_by
  from bureau.bill_dispute d left join bureau.bill_decision e using (dispute_id)
 where (%(member)s::text is null or d.member_id = %(member)s) and (%(dispute)s::uuid is null or d.dispute_id = %(dispute)s)
 order by d.opened_at desc, d.dispute_id limit %(most)s

-- add_bill_decision
-- What was decided of an objection, once.
-- touches: bill_decision
-- for: jobs.billing.dispute
insert into bureau.bill_decision values (%s, %s, %s, %s, %s, %s) on conflict do nothing
