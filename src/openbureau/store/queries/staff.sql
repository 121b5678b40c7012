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
