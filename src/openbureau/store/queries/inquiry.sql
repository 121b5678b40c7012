-- admit
-- Who is the caller, and was this request or its idempotency key seen before.
-- touches: member_token, member_key, replay, idempotency, inquiry, inquiry_unmatched
-- for: jobs.inquiry.answer, jobs.member.recognise
select * from bureau.admit(%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- facts
-- All that the decision and the report on one subject need, found by a blind index.
-- touches: identifier, subject, label_head, consent, consent_end, consent_confirmed, inquiry, charge, lane_head, tradeline_current
-- for: jobs.inquiry.answer
select * from bureau.facts(%s, %s, %s, %s, %s, %s, %s)

-- record_inquiry
-- The outcome of an inquiry with its leaf, charge, notice and idempotency row, in one transaction.
-- touches: idempotency, label_head, lane_head, subject, tradeline_current, act, consent, consent_end, consent_confirmed, charge, inquiry, inquiry_document, event, leaf_pending, notice
-- for: jobs.inquiry.answer
select bureau.record_inquiry(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- record_unmatched
-- The refusal of an inquiry before anybody was found, with its leaf and idempotency row.
-- touches: idempotency, inquiry_unmatched, inquiry_document, event, leaf_pending
-- for: jobs.inquiry.answer
select bureau.record_unmatched(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- charges_of
-- The charges of a member in a billing month, by lane and number.
-- touches: charge
-- for: jobs.inquiry.charges
select inquiry_id, bill_month, lane, bill_seq, rule_id, amount_fen, currency, charged_on, product
  from bureau.charge where member_id = %s and bill_month = %s order by lane, bill_seq

-- set_tenant
-- Bind this transaction to one member.
-- touches: charge, batch
-- for: jobs.inquiry.charges, jobs.abuse.cases, jobs.batch.receive, jobs.batch.results
select set_config('bureau.tenant', %s, true)

-- member_inquiries
-- What a member asked lately, for its own desk; nobody who was asked about.
-- touches: inquiry, inquiry_unmatched
-- for: jobs.inquiry.at_desk
select inquiry_id, asked_at, actor_user, purpose, product, outcome, refusal_code from bureau.member_inquiries(%s, %s)
