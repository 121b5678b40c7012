-- issue_token
-- A bound token for a member, unless what asked for it was seen before.
-- touches: replay, member_token
-- for: jobs.member.token
select bureau.issue_token(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- member_keys
-- The statements of a member on its keys, in order.
-- touches: member_key
-- for: jobs.member.keys, jobs.member.token
select bureau.member_keys(%s)

-- add_member_key
-- The next statement of a member on its keys, with its entry for the log.
-- touches: member_key, leaf_pending
-- for: jobs.member.keys
select bureau.add_member_key(%s, %s, %s, %s, %s, %s, %s)

-- forget_sign_ins
-- Ids and tokens that nobody would accept any more.
-- touches: replay, member_token
-- for: jobs.member.forget
select bureau.forget_sign_ins(%s, %s)
