-- Keys in versions: which wraps what, what is under way, and that nothing is written under a key that was retired.
set local role openbureau_owner;
set local search_path = bureau;

create table key_rotation (
  name text not null,
  version int not null,
  begun_at timestamptz not null,
  ended_at timestamptz,
  primary key (name, version)
);

-- Nothing that says a version up to this one is accepted any more.
create table key_retired (
  name text primary key,
  version int not null
);

-- The version of the root key under which a data key is wrapped: 1 where the value says none.
create function wrapped_version(p_wrapped bytea) returns int language sql immutable strict parallel safe as $$
  select case when length(p_wrapped) < 3 or get_byte(p_wrapped, 0) = 1 then 1
              else get_byte(p_wrapped, 1) * 256 + get_byte(p_wrapped, 2) end
$$;

create function refuse_retired() returns trigger language plpgsql security definer set search_path = bureau as $$
begin
  if exists (select from key_retired r, fresh f where r.name = 'root' and wrapped_version(f.wrapped_key) <= r.version) then
    raise exception 'a row of % is wrapped under a retired key; read the keys again', tg_table_name using errcode = 'OB006';
  end if;
  return null;
end $$;

-- Every table with a wrapped key: guarded, and the keeper may read and change that column alone.  Where the rest of a row is
-- append-only it stays so.
create procedure guard_wrapped_keys() language plpgsql set search_path = bureau as $$
declare
  name text;
  place text;
  others text;
begin
  for name, place in
    select c.relname, a.attname
      from pg_class c
      join pg_attribute w on w.attrelid = c.oid and w.attname = 'wrapped_key' and not w.attisdropped
      join pg_index i on i.indrelid = c.oid and i.indisprimary
      join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[i.indnkeyatts - 1]
     where c.relnamespace = 'bureau'::regnamespace and c.relkind = 'r'
  loop
    execute format('drop trigger if exists no_retired_key on %I', name);
    execute format('create trigger no_retired_key after insert on %I referencing new table as fresh '
                   'for each statement execute function refuse_retired()', name);
    execute format('grant select (%I, wrapped_key), update (wrapped_key) on %I to openbureau_keeper', place, name);
    if exists (select from pg_trigger t where t.tgrelid = format('bureau.%I', name)::regclass and t.tgname = 'append_only') then
      select string_agg(quote_ident(a.attname), ', ') into others from pg_attribute a
       where a.attrelid = format('bureau.%I', name)::regclass and a.attnum > 0 and not a.attisdropped
         and a.attname <> 'wrapped_key';
      execute format('drop trigger append_only on %I', name);
      execute format('create trigger append_only before update of %s or delete or truncate on %I '
                     'for each statement execute function refuse_change()', others, name);
    end if;
  end loop;
end $$;
call guard_wrapped_keys();

-- Retire the versions up to this one, if no row anywhere says one of them.  Writers wait while it looks, and whoever read the
-- keys before is refused after it.  How many rows still stand in the way.
create function retire_key(p_version int) returns bigint language plpgsql security definer set search_path = bureau as $$
declare
  name text;
  found_here bigint;
  total bigint := 0;
begin
  for name in
    select c.relname from pg_class c
      join pg_attribute w on w.attrelid = c.oid and w.attname = 'wrapped_key' and not w.attisdropped
     where c.relnamespace = 'bureau'::regnamespace and c.relkind = 'r' order by c.relname
  loop
    execute format('lock table %I in share mode', name);
    execute format('select count(*) from %I where wrapped_version(wrapped_key) <= $1', name) into found_here using p_version;
    total := total + found_here;
  end loop;
  if total = 0 then
    insert into key_retired values ('root', p_version)
      on conflict on constraint key_retired_pkey do update set version = greatest(key_retired.version, excluded.version);
  end if;
  return total;
end $$;

revoke execute on all functions in schema bureau from public;
revoke execute on procedure guard_wrapped_keys from public;
grant execute on function wrapped_version, retire_key to openbureau_keeper;
grant select, insert, update on key_rotation to openbureau_keeper;
grant select on key_rotation, key_retired to openbureau_auditor;
grant select on key_retired to openbureau_keeper;
grant insert on leaf_pending to openbureau_keeper;
