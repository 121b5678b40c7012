-- linked_set
-- The subjects that were one at an instant, in the order of their ids.
-- touches: identity_link, identity_unlink
-- for: jobs.subject.diary, jobs.log.export, jobs.identity.detect, jobs.identity.propose
select unnest(bureau.linked_set(%s, %s))

-- record_pair
-- A link, its end or a look by staff: an event in each of two chains.
-- touches: label_head, identity_link, identity_unlink, subject, event, leaf_pending
-- for: jobs.identity.links
select bureau.record_pair(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::numeric, %s)

-- open_links
-- The standing links of a subject.
-- touches: identity_link, identity_unlink
-- for: jobs.identity.links, jobs.identity.desk
select l.link_id, l.other_id, l.kind, l.probability, l.starts_at, l.decided_by
  from bureau.identity_link l
 where l.subject_id = %s
   and not exists (select from bureau.identity_unlink u where u.subject_id = l.subject_id and u.link_id = l.link_id)
 order by l.starts_at, l.link_id

-- sealed_identities
-- Sealed identities of some subjects, for a comparison in memory.
-- touches: subject
-- for: jobs.identity.compare, jobs.identity.desk, jobs.identity.detect
select subject_id, kind, wrapped_key, identity_sealed, deceased_on, synthetic from bureau.subject where subject_id = any(%s::uuid[])

-- identities_after
-- The next sealed identities in the order of their ids.
-- touches: subject
-- for: jobs.identity.detect, jobs.identity.propose
select subject_id, kind, wrapped_key, identity_sealed, deceased_on, synthetic from bureau.subject where subject_id > %s order by subject_id limit %s

-- names_known
-- Names of subjects that were confirmed or decided on.
-- touches: name_known
-- for: jobs.furnishing.load
select subject_id, name_blind from bureau.name_known where subject_id = any(%s::uuid[])

-- add_name_known
-- A name that a rule or the desk has decided to be this subject's.
-- touches: name_known
-- for: jobs.furnishing.load, jobs.identity.desk
insert into bureau.name_known values (%s, %s, %s, %s) on conflict do nothing

-- siblings
-- Subjects that claim the same number as these.
-- touches: identifier
-- for: jobs.furnishing.load
select a.subject_id, b.subject_id
  from bureau.identifier a join bureau.identifier b on a.kind = b.kind and a.blind = b.blind and a.subject_id <> b.subject_id
 where a.subject_id = any(%s::uuid[])

-- latest_seen
-- What a member last said of some subjects, as blind hashes.
-- touches: identity_seen
-- for: jobs.furnishing.load
select distinct on (subject_id) subject_id, content_blind from bureau.identity_seen
 where subject_id = any(%s::uuid[]) and member_id = %s order by subject_id, month desc, known_at desc

-- add_seen
-- What a member says of a subject from now on.
-- touches: identity_seen
-- for: jobs.furnishing.load
insert into bureau.identity_seen values (%s, %s, %s, %s, %s, %s) on conflict do nothing

-- wrapped_keys
-- The wrapped keys of subjects of whom something new is sealed.
-- touches: subject
-- for: jobs.furnishing.load
select subject_id, wrapped_key from bureau.subject where subject_id = any(%s::uuid[])

-- add_bureau_event
-- An event that is in nobody's chain: a run over many.
-- touches: event
-- for: jobs.identity.compare, jobs.identity.detect, jobs.identity.propose
insert into bureau.event values ('00000000-0000-0000-0000-000000000000', %s, %s, %s, 0, %s, 'bureau', %s)

-- add_case
-- A case for the desk, unless the same is there, or one of its kind for the same subjects is still open.
-- touches: desk_case, desk_case_end
-- for: jobs.furnishing.load, jobs.identity.detect, jobs.identity.propose
insert into bureau.desk_case
select %(subject)s, %(case)s, %(other)s, %(kind)s, %(evidence)s::jsonb, %(probability)s, %(at)s
 where not exists (select from bureau.desk_case c where c.subject_id = %(subject)s and c.other_id = %(other)s
                      and c.kind = %(kind)s and not exists (select from bureau.desk_case_end e
                                                             where e.subject_id = c.subject_id and e.case_id = c.case_id))
on conflict do nothing

-- desk_cases
-- Cases, the open ones first and of these the oldest first.
-- touches: desk_case, desk_case_end
-- for: jobs.identity.desk
select c.subject_id, c.case_id, c.other_id, c.kind, c.evidence, c.probability, c.opened_at, e.standing
  from bureau.desk_case c left join bureau.desk_case_end e using (subject_id, case_id)
 order by e.standing is not null, c.opened_at, c.case_id limit %s

-- desk_case
-- One case.
-- touches: desk_case, desk_case_end
-- for: jobs.identity.desk
select c.subject_id, c.case_id, c.other_id, c.kind, c.evidence, c.probability, c.opened_at, e.standing
  from bureau.desk_case c left join bureau.desk_case_end e using (subject_id, case_id) where c.case_id = %s

-- desk_decisions
-- The decisions of some cases, in their order.
-- touches: desk_decision
-- for: jobs.identity.desk
select case_id, round, reviewer, choice, is_stolen, holder_id, reason_sealed, decided_at from bureau.desk_decision
 where case_id = any(%s::uuid[]) order by case_id, round, decided_at, reviewer

-- lock_case
-- One decision of a case at a time.
-- touches: desk_case
-- for: jobs.identity.desk
select pg_advisory_xact_lock(hashtextextended(%s, 7203117))

-- add_decision
-- What a reviewer says of a case.
-- touches: desk_decision
-- for: jobs.identity.desk
insert into bureau.desk_decision values (%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- end_case
-- A case is decided.
-- touches: desk_case_end
-- for: jobs.identity.desk
insert into bureau.desk_case_end values (%s, %s, %s, %s)

-- dismiss_claims
-- Of the subjects that claim the same number, one is not its holder.
-- touches: identifier, identifier_dismissed
-- for: jobs.identity.desk
insert into bureau.identifier_dismissed
select a.subject_id, a.kind, a.blind, %(case)s
  from bureau.identifier a join bureau.identifier b on a.kind = b.kind and a.blind = b.blind and b.subject_id = %(holder)s
 where a.subject_id = %(dismissed)s
on conflict do nothing

-- has_adverse
-- Is there adverse information in the file of one of these subjects?
-- touches: tradeline_current
-- for: jobs.identity.desk
select exists (select from bureau.tradeline_current where subject_id = any(%s::uuid[])
                and (statuses ~ '[1234567BDGZ]' or account_type = 'C1' or five_class in ('3', '4', '5', '6')))

-- case_accounts
-- How many accounts a subject has, with whom, since when.
-- touches: tradeline_current
-- for: jobs.identity.desk
select subject_id, count(*), count(distinct furnisher_id), min(opened_on), max(as_of_on)
  from bureau.tradeline_current where subject_id = any(%s::uuid[]) group by subject_id

-- begin_run
-- A run over everybody begins.
-- touches: identity_run
-- for: jobs.identity.detect, jobs.identity.propose
insert into bureau.identity_run (run_id, kind, started_at, last_subject, leaf_hash) values (%s, %s, %s, %s, %s)

-- open_run
-- The run of a kind that was left half-way, if any.
-- touches: identity_run
-- for: jobs.identity.detect
select run_id, last_subject, subjects, cases from bureau.identity_run where kind = %s and not is_done order by started_at limit 1

-- save_run
-- How far a run has come.
-- touches: identity_run
-- for: jobs.identity.detect, jobs.identity.propose
update bureau.identity_run set last_subject = %s, subjects = subjects + %s, cases = cases + %s, is_done = %s where run_id = %s

-- mixed_candidates
-- Subjects in whose file something could be of two lives: several things said, home loans of two furnishers, life after
-- death, or several keys of one furnisher.
-- touches: subject, identity_seen, tradeline_current, furnished_subject
-- for: jobs.identity.detect
select s.subject_id from bureau.subject s
 where s.subject_id = any(%s::uuid[])
   and ((select count(distinct i.content_blind) from bureau.identity_seen i where i.subject_id = s.subject_id) > 1
     or (select count(distinct t.furnisher_id) from bureau.tradeline_current t
          where t.subject_id = s.subject_id and t.business_type in ('11', '13')) > 1
     or s.deceased_on < (select max(t.opened_on) from bureau.tradeline_current t where t.subject_id = s.subject_id)
     or exists (select from bureau.furnished_subject f where f.subject_id = s.subject_id group by f.member_id having count(*) > 1))

-- seen_of
-- What furnishers said of some subjects, sealed, in time.
-- touches: identity_seen
-- for: jobs.identity.detect
select subject_id, member_id, month, content_blind, sealed from bureau.identity_seen
 where subject_id = any(%s::uuid[]) order by subject_id, month, known_at

-- accounts_of
-- What accounts of some subjects tell of where and when.
-- touches: tradeline_current
-- for: jobs.identity.detect
select subject_id, tradeline_id, furnisher_id, business_type, opened_on, closed_on, first_month, length(statuses), limit_fen,
       account_type, account_status
  from bureau.tradeline_current where subject_id = any(%s::uuid[]) order by subject_id, opened_on, tradeline_id

-- most_keys
-- The most keys that one furnisher uses for each of some subjects.
-- touches: furnished_subject
-- for: jobs.identity.detect
select subject_id, max(keys) from (select subject_id, member_id, count(*) as keys from bureau.furnished_subject
                                    where subject_id = any(%s::uuid[]) group by subject_id, member_id) k group by subject_id
