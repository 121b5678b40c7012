-- file_known
-- What a lender may be shown of a past moment: what was known then of those who are still one, less what was deleted since.
-- touches: tradeline_fact, month_fact, guarantee_fact, public_record_fact, share_fact, party_fact, outside_inquiry_fact, inquiry, tombstone, identity_link, identity_unlink
-- for: jobs.inquiry.products, jobs.inquiry.again
select bureau.file_known(%s, %s)

-- file_shown
-- What a lender was shown at an instant of what was known at another.
-- touches: tradeline_fact, month_fact, guarantee_fact, public_record_fact, share_fact, party_fact, outside_inquiry_fact, inquiry, tombstone, identity_link, identity_unlink
-- for: jobs.inquiry.again
select bureau.file_shown(%s, %s, %s)

-- last_look
-- When a lender last saw the file of a person under a consent.
-- touches: inquiry, identity_link, identity_unlink
-- for: jobs.inquiry.products
select bureau.last_look(%s, %s, %s)

-- past_answer
-- An earlier answer to a member, still sealed, and how its subject is found today; or what an erasure left of it.
-- touches: inquiry, subject, identifier, identifier_dismissed, identity_link, identity_unlink, answer_erased
-- for: jobs.inquiry.again
select * from bureau.past_answer(%s, %s)
