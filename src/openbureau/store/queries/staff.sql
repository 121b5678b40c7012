-- sandbox_staff
-- Role and code of a sandbox account of staff.
-- touches: sandbox_staff
-- for: jobs.staff.sign_in
select role, secret_hash from bureau.sandbox_staff where handle = %s

-- sandbox_desk
-- Member and code of a sandbox account of a desk.
-- touches: sandbox_desk
-- for: jobs.staff.sign_in
select member_id, secret_hash from bureau.sandbox_desk where handle = %s

-- add_sandbox_staff
-- A handle, a role and the hash of the code for staff.
-- touches: sandbox_staff
-- for: jobs.founding.sandbox
insert into bureau.sandbox_staff values (%s, %s, %s) on conflict (handle) do nothing

-- add_sandbox_desk
-- A handle and the hash of its code for the desk of a member.
-- touches: sandbox_desk
-- for: jobs.founding.sandbox
insert into bureau.sandbox_desk values (%s, %s, %s) on conflict (handle) do nothing

-- mark_made_up_deceased
-- Let a made-up person of the sandbox be dead from a day.
-- touches: subject
-- for: jobs.founding.outcomes
select bureau.mark_made_up_deceased(%s, %s)

-- staff_attempt
-- Begin an attempt to sign in: it counts as failed until it has succeeded.
-- touches: staff_account
-- for: jobs.staff.enter
select * from bureau.staff_attempt(%s, %s, %s)

-- staff_entered
-- The attempt has succeeded with the code of a time step; once only.
-- touches: staff_account
-- for: jobs.staff.enter
select bureau.staff_entered(%s, %s, %s)

-- staff_enrol
-- Set password and second factor with the one-time code; the epoch that begins.
-- touches: staff_account
-- for: jobs.staff.enter
select bureau.staff_enrol(%s, %s, %s, %s, %s, %s)

-- staff_stands
-- Is a session of staff still one?
-- touches: staff_account
-- for: jobs.staff.enter
select bureau.staff_stands(%s, %s, %s)

-- add_staff_event
-- What was done by or to an account of staff.
-- touches: staff_event
-- for: jobs.staff.enter, jobs.staff.accounts
insert into bureau.staff_event values (%s, %s, %s, %s, %s)

-- staff_events
-- What was done by and to accounts, newest first.
-- touches: staff_event
-- for: jobs.staff.accounts
select at, handle, kind, detail from bureau.staff_event
where %(handle)s::text is null or handle = %(handle)s order by at desc, event_id desc limit %(most)s

-- staff_accounts
-- Every account with its roles, and whether it is closed or waits for its first sign-in.
-- touches: staff_account
-- for: jobs.staff.accounts
select handle, roles, is_closed, enrol_until from bureau.staff_account order by handle

-- staff_account_held
-- Roles of one account, held still for a change.
-- touches: staff_account
-- for: jobs.staff.accounts
select roles, is_closed from bureau.staff_account where handle = %s for update

-- add_staff_account
-- A new account that waits for its first sign-in.
-- touches: staff_account
-- for: jobs.staff.accounts
insert into bureau.staff_account (handle, roles, wrapped_key, enrol_hash, enrol_until) values (%s, %s, %s, %s, %s)
on conflict (handle) do nothing

-- renew_staff_code
-- A new one-time code for an account; its sessions end, and it waits no more.
-- touches: staff_account
-- for: jobs.staff.accounts
update bureau.staff_account
set enrol_hash = %s, enrol_until = %s, epoch = epoch + 1, failures = 0, waits_until = null where handle = %s

-- set_staff_roles
-- Other roles for an account; its sessions end.
-- touches: staff_account
-- for: jobs.staff.accounts
update bureau.staff_account set roles = %s, epoch = epoch + 1 where handle = %s

-- close_staff_account
-- Close an account for good; its sessions end.
-- touches: staff_account
-- for: jobs.staff.accounts
update bureau.staff_account
set is_closed = true, enrol_hash = null, enrol_until = null, epoch = epoch + 1 where handle = %s
