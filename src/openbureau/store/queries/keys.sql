-- try_rotation_lock
-- One process rotates keys at a time.
-- touches: key_rotation
-- for: jobs.keys.rotate
select pg_try_advisory_lock(7203115)

-- leave_rotation_lock
-- Let others rotate.
-- touches: key_rotation
-- for: jobs.keys.rotate
select pg_advisory_unlock(7203115)

-- key_rotation_at
-- When a rotation ended, null while it is under way.
-- touches: key_rotation
-- for: jobs.keys.rotate
select ended_at from bureau.key_rotation where name = %s and version = %s

-- begin_key_rotation
-- A rotation begins.
-- touches: key_rotation
-- for: jobs.keys.rotate
insert into bureau.key_rotation values (%s, %s, %s)

-- end_key_rotation
-- A rotation has ended.
-- touches: key_rotation
-- for: jobs.keys.rotate
update bureau.key_rotation set ended_at = %s where name = %s and version = %s

-- retire_key
-- Retire root keys up to a version, if no row says one of them.
-- touches: subject, receipt, upload, batch, consent_intent, staff_account, key_retired
-- for: jobs.keys.rotate
select bureau.retire_key(%s)

-- retired_key
-- The newest retired version of the root key.
-- touches: key_retired
-- for: jobs.keys.rotate
select version from bureau.key_retired where name = 'root'
