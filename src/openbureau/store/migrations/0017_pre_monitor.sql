-- Watched files: who is told of changes, what was told, and whose files were touched since.
set local role openbureau_owner;
set local search_path = bureau;

-- A lender that is told of changes in a person's file.  It holds no identity: the blind indexes lead to the person as in any
-- inquiry.  The id is that of the inquiry by which it was begun.
create table monitor (
  subject_id uuid not null,
  monitor_id uuid not null unique,
  member_id text not null,
  purpose text not null,
  triggers text[] not null,
  reference text not null,
  actor_user text not null,
  id_kind text not null,
  id_blind bytea not null,
  name_blind bytea not null,
  started_at timestamptz not null,
  leaf_hash bytea not null,
  primary key (subject_id, monitor_id)
);
create index monitor_of on monitor (member_id, monitor_id desc);

create table monitor_end (
  subject_id uuid not null,
  monitor_id uuid not null,
  member_id text not null,
  ended_at timestamptz not null,
  reason text not null,
  leaf_hash bytea,
  primary key (subject_id, monitor_id)
);

-- From where change is measured, under a key of its own (whose record a person's is may change by a link), and the consent on
-- which the watching rests.
create table monitor_state (
  subject_id uuid not null,
  monitor_id uuid not null,
  member_id text not null,
  consent_id uuid not null,
  evaluated_at timestamptz not null,
  wrapped_key bytea not null,
  marks_sealed bytea not null,
  primary key (subject_id, monitor_id)
);

-- What was told: once for each trigger and state.
create table alert (
  subject_id uuid not null,
  alert_id uuid not null unique,
  monitor_id uuid not null,
  member_id text not null,
  trigger text not null,
  state_key bytea not null,
  made_at timestamptz not null,
  primary key (subject_id, alert_id),
  unique (subject_id, monitor_id, trigger, state_key)
);

-- Watched files that changed, or might have.  Written in the transaction of the change; a row more does no harm.
create table monitor_touched (
  subject_id uuid not null,
  touch_id uuid not null default gen_random_uuid(),
  touched_at timestamptz not null default clock_timestamp(),
  primary key (subject_id, touch_id)
);

do $$
declare
  name text;
begin
  foreach name in array array['monitor', 'monitor_end', 'alert']
  loop
    execute format('create trigger append_only before update or delete or truncate on %I '
                   'for each statement execute function refuse_change()', name);
  end loop;
  foreach name in array array['monitor', 'monitor_end', 'monitor_state', 'alert']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy everything on %I to openbureau_owner, openbureau_courier, openbureau_loader, openbureau_auditor '
                   'using (true) with check (true)', name);
    execute format('create policy own_rows on %I to openbureau_api using (member_id = current_setting(''bureau.tenant'', true)) '
                   'with check (member_id = current_setting(''bureau.tenant'', true))', name);
  end loop;
end $$;

-- Who watches a person, and those linked to them, newest first.
create function own_monitors(p_subject uuid)
returns table (monitor_id uuid, member_id text, purpose text, triggers text[], started_at timestamptz, ended_at timestamptz,
               reason text, alerts bigint, consent_id uuid)
language plpgsql stable security definer set search_path = bureau as $$
#variable_conflict use_column
begin
  return query select m.monitor_id, m.member_id, m.purpose, m.triggers, m.started_at, e.ended_at, e.reason,
                      (select count(*) from alert a where a.subject_id = m.subject_id and a.monitor_id = m.monitor_id),
                      s.consent_id
    from monitor m
    left join monitor_end e using (subject_id, monitor_id)
    left join monitor_state s using (subject_id, monitor_id)
   where m.subject_id = any (linked_set(p_subject, 'infinity'))
   order by m.monitor_id desc;
end $$;

-- Touch watched files that may have changed without a furnished record: the consent ended, others asked, records were linked.
create function sweep_monitors(p_today date) returns bigint
language plpgsql security definer set search_path = bureau as $$
declare
  touched bigint;
begin
  insert into monitor_touched (subject_id)
  select distinct m.subject_id
    from monitor m join monitor_state s using (subject_id, monitor_id)
   where not exists (select from monitor_end e where e.subject_id = m.subject_id and e.monitor_id = m.monitor_id)
     and not exists (select from monitor_touched t where t.subject_id = m.subject_id)
     and (not exists (select from consent c
                       where c.subject_id = any (linked_set(m.subject_id, 'infinity')) and c.consent_id = s.consent_id
                         and c.ends_on >= p_today
                         and not exists (select from consent_end e
                                          where e.subject_id = c.subject_id and e.consent_id = c.consent_id))
          or ('many-inquiries' = any (m.triggers)
              and exists (select from inquiry q
                           where q.subject_id = m.subject_id and q.asked_at >= s.evaluated_at - interval '1 minute'
                             and q.member_id <> m.member_id))
          or exists (select from identity_link l where l.subject_id = m.subject_id and l.starts_at >= s.evaluated_at));
  get diagnostics touched = row_count;
  return touched;
end $$;

revoke execute on all functions in schema bureau from public;
grant execute on function own_monitors to openbureau_api;
grant execute on function sweep_monitors to openbureau_courier;
grant execute on function linked_set to openbureau_loader;
grant select, insert on monitor, monitor_end, alert to openbureau_api;
grant select, insert, update on monitor_state to openbureau_api;
grant select on monitor, monitor_end, monitor_state, alert to openbureau_courier, openbureau_auditor;
grant select, insert, update, delete on monitor_touched to openbureau_courier;
grant select on monitor, monitor_end, identity_link to openbureau_loader;
grant insert on monitor_touched to openbureau_loader;
