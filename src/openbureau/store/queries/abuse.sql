-- inquiry_facts
-- The inquiries of a member between two instants: who, when, for what, how it ended, whether an account followed.
-- touches: inquiry, inquiry_unmatched, tradeline_current, marked_person, identifier
-- for: jobs.abuse.watch
select * from bureau.inquiry_facts(%s, %s, %s, %s)

-- asked_counts
-- How many inquiries were recorded between two instants, by member and user.
-- touches: inquiry, inquiry_unmatched
-- for: jobs.abuse.paces
select member_id, actor_user, asked from bureau.asked_counts(%s, %s, %s)

-- slowdowns
-- Which users are slowed down at an instant, by how much, until when, for which case.
-- touches: abuse_slowdown, abuse_word
-- for: jobs.abuse.paces, jobs.abuse.cases
select member_id, actor_user, divisor, until_at, case_id, rule from bureau.slowdowns(%s)

-- open_abuse_case
-- A case about a user's conduct with its leaf and its slow-down, unless the same is already asked.
-- touches: abuse_case, abuse_slowdown, event, leaf_pending
-- for: jobs.abuse.watch
select bureau.open_abuse_case(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- add_abuse_word
-- An explanation or a decision of a case, with its leaf.
-- touches: abuse_case, abuse_word, abuse_slowdown, event, leaf_pending
-- for: jobs.abuse.cases
select bureau.add_abuse_word(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- abuse_cases
-- Cases about conduct, newest first; of one member where it is named.
-- touches: abuse_case
-- for: jobs.abuse.cases
select case_id, member_id, actor_user, rule, opened_at, figures, evidence, law_digest, leaf_hash
  from bureau.abuse_case where (%(member)s::text is null or member_id = %(member)s)
   and (%(case)s::uuid is null or case_id = %(case)s) order by opened_at desc, case_id desc limit %(most)s

-- abuse_words
-- What was said of cases, oldest first.
-- touches: abuse_word
-- for: jobs.abuse.cases
select word_id, case_id, kind, said_by, said_at, words_sealed, leaf_hash
  from bureau.abuse_word where case_id = any (%s::uuid[]) order by said_at, word_id

-- mark_person
-- Put somebody on the list of people in the public eye, or take them off it.
-- touches: marked_person
-- for: jobs.abuse.marks
insert into bureau.marked_person values (%s, %s, %s, %s) on conflict do nothing
