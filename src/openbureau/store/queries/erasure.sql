-- held_receipts
-- Every furnished file, with what opens it.
-- touches: receipt
-- for: jobs.erasure.erase
select receipt_id, member_id, format, record_kind, columns, wrapped_key, received_at from bureau.receipt
 where %(members)s::text[] is null or member_id = any (%(members)s) order by received_at, receipt_id

-- furnishers
-- Who ever sent a file.
-- touches: receipt
-- for: jobs.erasure.erase
select distinct member_id from bureau.receipt order by 1

-- erasure_numbers
-- The identity numbers under which a subject is found, and whether somebody else claims the same.
-- touches: identifier
-- for: jobs.erasure.erase
select i.kind, i.blind, i.name_blind,
       exists (select from bureau.identifier o
                where o.kind = i.kind and o.blind = i.blind and o.subject_id <> all (%(subjects)s::uuid[]))
  from bureau.identifier i where i.subject_id = any (%(subjects)s::uuid[])

-- erasure_names
-- Names decided to be a subject's.
-- touches: name_known
-- for: jobs.erasure.erase
select name_blind from bureau.name_known where subject_id = any (%(subjects)s::uuid[])

-- erasure_refs
-- By which keys furnishers know a subject.
-- touches: furnished_subject
-- for: jobs.erasure.erase
select member_id, ref_key from bureau.furnished_subject where subject_id = any (%(subjects)s::uuid[])

-- erasure_accounts
-- The accounts of some subjects, as main party or another: whose the account is, is that one of them, and does anybody else stay?
-- touches: furnished_account, account_party, erasure
-- for: jobs.erasure.erase
select f.member_id, f.account_key, f.subject_id, f.subject_id = any (%(subjects)s::uuid[]),
       (f.subject_id <> all (%(subjects)s::uuid[])
          and not exists (select from bureau.erasure e where e.subject_id = f.subject_id and e.scope = 'file'))
         or exists (select from bureau.account_party o
                     where o.member_id = f.member_id and o.account_key = f.account_key
                       and o.subject_id <> all (%(subjects)s::uuid[]))
  from bureau.furnished_account f
 where f.subject_id = any (%(subjects)s::uuid[])
    or exists (select from bureau.account_party p
                where p.member_id = f.member_id and p.account_key = f.account_key and p.subject_id = any (%(subjects)s::uuid[]))

-- erasure_numbered
-- Ids of what has a key of its own: guarantees, inquiries made elsewhere, public records.
-- touches: guarantee_fact, outside_inquiry_fact, public_record_fact
-- for: jobs.erasure.erase
select guarantee_id from bureau.guarantee_fact where subject_id = any (%(subjects)s::uuid[])
 union select inquiry_id from bureau.outside_inquiry_fact where subject_id = any (%(subjects)s::uuid[])
 union select public_id from bureau.public_record_fact where subject_id = any (%(subjects)s::uuid[])

-- erasure_head
-- A subject's label, key and where its chain stands.
-- touches: subject, label_head
-- for: jobs.erasure.erase
select s.kind, s.label, s.wrapped_key, h.seq, h.leaf_hash from bureau.subject s join bureau.label_head h using (subject_id)
 where s.subject_id = %s

-- erasure_answers
-- What was answered about a subject, sealed, and to whom.
-- touches: inquiry
-- for: jobs.erasure.erase
select inquiry_id, key_kind, outcome_sealed from bureau.inquiry where subject_id = %s and outcome <> 'refused'

-- erasure_disputes
-- Objections of members to charges of a subject's answers.
-- touches: bill_dispute
-- for: jobs.erasure.erase
select dispute_id from bureau.bill_dispute where subject_id = %s

-- erasure_batches
-- Files of inquiries that are still kept, chunk by chunk.
-- touches: batch, batch_chunk
-- for: jobs.erasure.batches
select b.batch_id, b.wrapped_key, c.chunk_no, c.sealed, c.result_sealed
  from bureau.batch b join bureau.batch_chunk c using (batch_id) order by b.batch_id, c.chunk_no

-- order_erasure
-- A person's wish that the policies permit, or a decision of staff.
-- touches: erasure_order
-- for: jobs.erasure.order
select bureau.order_erasure(%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- begin_erasure
-- The act of an erasure, its entry, and the end of the chain.
-- touches: erasure, erasure_order, erasing, label_head, event, leaf_pending
-- for: jobs.erasure.erase
select bureau.begin_erasure(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- erase_openings
-- Every opening of a chain goes.
-- touches: erased_leaf, event
-- for: jobs.erasure.erase
select bureau.erase_openings(%s, %s, %s)

-- erase_answers
-- Of every answer its hash stays.
-- touches: answer_erased, inquiry
-- for: jobs.erasure.erase
select bureau.erase_answers(%s, %s, %s, %s, %s)

-- erase_rows
-- Every row about a subject goes, but what the law keeps.
-- touches: subject, identifier, label_head
-- for: jobs.erasure.erase
select bureau.erase_rows(%s)

-- erase_words
-- What members wrote about a charge goes.
-- touches: bill_dispute
-- for: jobs.erasure.erase
select bureau.erase_words(%s, %s, %s)

-- rekey_receipt
-- A receipt under a new key.
-- touches: receipt, receipt_container
-- for: jobs.erasure.receipts
select bureau.rekey_receipt(%s, %s)

-- reseal_chunk
-- Records of a receipt without those that went.
-- touches: receipt_chunk
-- for: jobs.erasure.receipts
select bureau.reseal_chunk(%s, %s, %s)

-- reseal_batch
-- Lines of a file of inquiries without those that went.
-- touches: batch_chunk
-- for: jobs.erasure.batches
select bureau.reseal_batch(%s, %s, %s, %s)

-- end_erasure
-- Nothing append-only changes from here on.
-- touches: erasing
-- for: jobs.erasure.erase
select bureau.end_erasure()

-- erased_subjects
-- Which of these were erased?  What is furnished of a joint account afterwards is not written under them.
-- touches: erasure
-- for: jobs.furnishing.apply, jobs.furnishing.apply_further
select distinct subject_id from bureau.erasure where scope = 'file' and subject_id = any (%s)

-- erased_numbers
-- Numbers that a rule had given to records that were erased.
-- touches: erased_number
-- for: jobs.furnishing.correct_rule
select record_no from bureau.erased_number where source_id = %s

-- ghosts
-- Erased main parties of accounts that stay for others, with the furnisher of each.
-- touches: furnished_account, erasure
-- for: jobs.furnishing.rebuild
select distinct f.member_id, f.subject_id, e.subject_kind
  from bureau.furnished_account f join bureau.erasure e on e.subject_id = f.subject_id and e.scope = 'file'

-- plant_ghost
-- Room for a main party that was erased, while the facts of the others are made again.
-- touches: subject, label_head
-- for: jobs.furnishing.rebuild
with planted as (
  insert into bureau.subject (subject_id, kind, label, wrapped_key, identity_sealed, synthetic, known_at)
  values (%(subject)s, %(kind)s, uuid_send(%(subject)s::uuid), '', '', false, 'epoch') on conflict do nothing
)
insert into bureau.label_head values (%(subject)s, 0, '') on conflict do nothing

-- plant_ghost_ref
-- The key that stands in the records of a joint account where the erased party's stood.
-- touches: furnished_subject
-- for: jobs.furnishing.rebuild
insert into bureau.furnished_subject values (%s, %s, %s) on conflict do nothing

-- begin_ghost
-- What was made for an erased party may go again, in this transaction.
-- touches: erasing
-- for: jobs.furnishing.rebuild
insert into bureau.erasing values (pg_current_xact_id(), %s, 'file')

-- erasures
-- Every erasure whose entry is in the log below a size, with its place.
-- touches: erasure, log_entry
-- for: jobs.log.export
select e.subject_id, e.scope, e.statement, e.signature, l.leaf_index, e.leaf_hash
  from bureau.erasure e left join bureau.log_entry l using (leaf_hash) order by l.leaf_index

-- erased_leaves
-- The places in the log whose openings an erasure destroyed, in the order of the chain.
-- touches: erased_leaf, log_entry
-- for: jobs.log.export
select l.leaf_index, e.leaf_hash, e.residue_sealed
  from bureau.erased_leaf e left join bureau.log_entry l using (leaf_hash) where e.subject_id = %s order by e.place
