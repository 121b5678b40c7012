-- Staff: accounts with roles and a second factor, what they did, and the role that keeps accounts and keys.
do $$
begin
  if not exists (select from pg_roles where rolname = 'openbureau_keeper') then
    create role openbureau_keeper nologin;
  end if;
exception when duplicate_object or unique_violation then
  null;  -- another database of this server made it at the same moment
end $$;
grant usage on schema bureau to openbureau_keeper;
set local role openbureau_owner;
set local search_path = bureau;

alter table sandbox_staff drop constraint sandbox_staff_role_check;
alter table sandbox_staff add constraint sandbox_staff_role_check
  check (role in ('operator', 'support', 'reviewer', 'billing', 'regulator', 'auditor', 'committee'));

-- One account; no name of a person.  An account of which nothing is enrolled cannot sign in.  `epoch` ends its sessions;
-- `totp_step` is the last time step whose code was used.  The database, too, refuses to join operating and auditing.
create table staff_account (
  handle text primary key check (handle ~ '^[a-z][a-z0-9.-]{1,30}$'),
  roles text[] not null check (
    cardinality(roles) > 0
    and roles <@ array['operator', 'support', 'reviewer', 'billing', 'regulator', 'auditor', 'committee']
    and not (roles && array['operator', 'support', 'reviewer', 'billing'] and roles && array['regulator', 'auditor', 'committee'])),
  wrapped_key bytea not null,
  is_closed boolean not null default false,
  epoch int not null default 1,
  enrol_hash bytea,
  enrol_until timestamptz,
  password_hash text,
  totp_sealed bytea,
  totp_step bigint not null default 0,
  failures int not null default 0,
  waits_until timestamptz,
  check ((enrol_hash is null) = (enrol_until is null))
);

-- What was done by and to accounts.  `handle` is empty where no account is called so: what was typed there is not kept.
create table staff_event (
  event_id uuid primary key,
  at timestamptz not null,
  handle text not null,
  kind text not null check (kind in ('added', 'recovered', 'granted', 'revoked', 'closed', 'enrolled', 'signed-in',
                                     'failed', 'replayed')),
  detail text not null check (detail ~ '^[a-z-]*$')
);
create index staff_event_of on staff_event (handle, at desc);
create trigger append_only before update or delete or truncate on staff_event
  for each statement execute function refuse_change();

-- An attempt counts as failed until it has succeeded, so that many at once do not get more tries.  No row: no such account,
-- closed, or waiting.
create function staff_attempt(p_handle text, p_at timestamptz, p_waits int[])
returns table (roles text[], wrapped_key bytea, epoch int, enrol_hash bytea, password_hash text, totp_sealed bytea)
language sql security definer set search_path = bureau as $$
  update staff_account a
     set failures = a.failures + 1,
         waits_until = p_at + make_interval(secs => p_waits[least(a.failures + 1, cardinality(p_waits))])
   where a.handle = p_handle and not a.is_closed and (a.waits_until is null or a.waits_until <= p_at)
  returning a.roles, a.wrapped_key, a.epoch, case when a.enrol_until > p_at then a.enrol_hash end, a.password_hash,
            a.totp_sealed
$$;

-- The attempt has succeeded with the code of a time step, once only; false where this or a later step was used.
create function staff_entered(p_handle text, p_epoch int, p_step bigint) returns boolean
language plpgsql security definer set search_path = bureau as $$
begin
  update staff_account set totp_step = p_step, failures = 0, waits_until = null
   where handle = p_handle and epoch = p_epoch and not is_closed and totp_step < p_step;
  return found;
end $$;

-- A new password and second factor for whoever holds the one-time code; older sessions end.
create function staff_enrol(p_handle text, p_enrol bytea, p_at timestamptz, p_password text, p_totp bytea, p_step bigint)
returns int language plpgsql security definer set search_path = bureau as $$
declare
  made int;
begin
  update staff_account
     set password_hash = p_password, totp_sealed = p_totp, totp_step = p_step, enrol_hash = null, enrol_until = null,
         epoch = epoch + 1, failures = 0, waits_until = null
   where handle = p_handle and not is_closed and enrol_hash = p_enrol and enrol_until > p_at
  returning epoch into made;
  return made;
end $$;

-- Is a session of this account, begun in this epoch with this role, still one?
create function staff_stands(p_handle text, p_epoch int, p_roles text[]) returns boolean
language sql stable security definer set search_path = bureau as $$
  select exists (select from staff_account a
                  where a.handle = p_handle and a.epoch = p_epoch and not a.is_closed and p_roles <@ a.roles)
$$;

revoke execute on all functions in schema bureau from public;
grant execute on function staff_attempt, staff_entered, staff_enrol, staff_stands to openbureau_api;
grant insert on staff_event to openbureau_api, openbureau_keeper;
grant select (handle, roles, is_closed, epoch, enrol_until, failures, wrapped_key), insert on staff_account to openbureau_keeper;
grant update (roles, is_closed, epoch, enrol_hash, enrol_until, failures, waits_until, wrapped_key) on staff_account
  to openbureau_keeper;
grant select on staff_event to openbureau_keeper, openbureau_auditor;
grant select (handle, roles, is_closed) on staff_account to openbureau_auditor;
