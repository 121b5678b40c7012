-- artefact_of
-- The sealed artefact of a consent of a person, or of one that names a member.
-- touches: consent, subject, identity_link, identity_unlink
-- for: jobs.consent.read
select * from bureau.artefact_of(%s, %s, %s)

-- consent_standing
-- Days of a consent to a member, and when it was withdrawn.
-- touches: consent, consent_end
-- for: jobs.consent.read
select * from bureau.consent_standing(%s, %s)

-- carrier_of
-- The one subject that carries a number under a name.
-- touches: identifier, name_known, identifier_dismissed, identity_link, identity_unlink
-- for: jobs.consent.collect
select bureau.carrier_of(%s, %s, %s)

-- add_intent
-- What a member signed, whether or not the person is on file.
-- touches: consent_intent
-- for: jobs.consent.collect
select bureau.add_intent(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- intent_of
-- What a member signed, under its id.
-- touches: consent_intent, consent_intent_end
-- for: jobs.consent.collect, jobs.consent.read
select * from bureau.intent_of(%s, %s)

-- own_intents
-- What was asked of a person on line.
-- touches: consent_intent, consent_intent_end, identifier, name_known, identifier_dismissed, identity_link, identity_unlink
-- for: jobs.consent.confirm
select * from bureau.own_intents(%s)

-- decline_intent
-- A person says no to what was asked.
-- touches: consent_intent, consent_intent_end, identifier, name_known, identifier_dismissed, identity_link, identity_unlink
-- for: jobs.consent.confirm
select bureau.decline_intent(%s, %s, %s)

-- add_code
-- A person's code for a lender, blinded.
-- touches: consent_code
-- for: jobs.consent.confirm
select bureau.add_code(%s, %s, %s, %s, %s)

-- is_code
-- Whether a code is a person's for a lender, holds and was not used.
-- touches: consent_code, consent_code_used
-- for: jobs.consent.collect
select bureau.is_code(%s, %s, %s, %s)

-- paper_consents
-- Consents whose originals members hold, recorded in a time.
-- touches: consent
-- for: jobs.consent.sample
select subject_id, consent_id, collector, document_hash from bureau.consent
where document_hash is not null and given_at >= %s and given_at < %s

-- add_sample
-- An original is asked for.
-- touches: consent_sample
-- for: jobs.consent.sample
select bureau.add_sample(%s, %s, %s, %s, %s, %s, %s, %s)

-- add_draw
-- A draw of originals: what repeats it, and who made it.
-- touches: consent_draw
-- for: jobs.consent.sample
insert into bureau.consent_draw values (%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- all_draws
-- Every draw of originals, newest first.
-- touches: consent_draw
-- for: jobs.consent.sample
select draw_id, seed, most, first_on, last_on, of_total, asked, drawn_at, drawn_by
from bureau.consent_draw order by drawn_at desc, draw_id desc

-- samples_of
-- The originals that a member was asked for.
-- touches: consent_sample, consent_sample_answer, subject
-- for: jobs.consent.sample
select * from bureau.samples_of(%s)

-- all_samples
-- Every original that was asked for and what came of it.
-- touches: consent_sample, consent_sample_answer
-- for: jobs.consent.sample
select s.sample_id, s.consent_id, s.member_id, s.document_hash, s.seed, s.asked_at, s.due_on, a.is_original, a.answered_at
from bureau.consent_sample s left join bureau.consent_sample_answer a using (subject_id, sample_id)
order by s.asked_at desc, s.sample_id

-- answer_sample
-- What a member sent for an original, sealed.
-- touches: consent_sample, consent_sample_answer
-- for: jobs.consent.sample
select bureau.answer_sample(%s, %s, %s, %s, %s, %s, %s)
