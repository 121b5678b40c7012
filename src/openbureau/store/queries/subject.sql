-- record_event
-- An event of a subject outside inquiries, with a consent or its end.
-- touches: label_head, consent, consent_end, consent_confirmed, consent_intent_end, consent_code_used, subject, event, leaf_pending
-- for: jobs.consent.give, jobs.consent.withdraw, jobs.subject.own_report, jobs.subject.diary
select bureau.record_event(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- own_facts
-- What a person's own pages need: identity, chain, file.
-- touches: subject, label_head, tradeline_current, inquiry
-- for: jobs.subject.own_report, jobs.subject.diary, jobs.consent.give, jobs.consent.withdraw
select * from bureau.own_facts(%s, %s)

-- own_activity
-- Use of platforms and business of a person and of those linked to them: for nobody but the person.
-- touches: platform_use_fact, business_fact, identity_link, identity_unlink
-- for: jobs.subject.own_report
select bureau.own_activity(%s)

-- own_events
-- Every event of a person, in order.
-- touches: event, log_entry
-- for: jobs.subject.diary, jobs.log.export
select * from bureau.own_events(%s)

-- own_consents
-- The consents of a person and of those linked to them.
-- touches: consent, consent_end, consent_confirmed, inquiry, identity_link, identity_unlink
-- for: jobs.consent.give, jobs.consent.withdraw
select * from bureau.own_consents(%s)

-- sandbox_subject
-- The made-up person behind a sandbox handle.
-- touches: sandbox_identity
-- for: jobs.subject.sign_in
select subject_id, secret_hash from bureau.sandbox_identity where handle = %s

-- sandbox_handles
-- Handles of made-up people, for an export.
-- touches: sandbox_identity
-- for: jobs.log.export
select handle, subject_id from bureau.sandbox_identity order by handle

-- add_sandbox_identity
-- A handle and the hash of its code for a made-up person.
-- touches: sandbox_identity
-- for: jobs.founding.sandbox
insert into bureau.sandbox_identity values (%s, %s, %s) on conflict (handle) do nothing

-- subject_of_identifier
-- The subject behind a blind index.
-- touches: identifier
-- for: jobs.founding.sandbox
select subject_id from bureau.identifier where kind = %s and blind = %s

-- label_of_subject
-- A person's label and wrapped key, for their own export.
-- touches: subject
-- for: jobs.log.export
select label, wrapped_key from bureau.subject where subject_id = %s
