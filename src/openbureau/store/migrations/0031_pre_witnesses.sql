-- Heads that a quorum of witnesses has cosigned, how each witness stands, and since when something waits for a quorum.
set local role openbureau_owner;
set local search_path = bureau;

-- The newest is what is published.  Of the same head a later one replaces an earlier one: the tree is the same, the times of
-- the witnesses are newer.
create table cosigned_head (
  size bigint primary key,
  note text not null,
  cosigned_at timestamptz not null
);

-- One row a witness of the act in force: the largest head of ours that it has seen, and how it answered last.
create table witness_state (
  name text primary key,
  size bigint not null,
  standing text not null,
  asked_at timestamptz not null,
  cosigned_at timestamptz
);

-- Keep a published head.  Of those older than an hour the last of each day stays.
create function put_cosigned_head(p_size bigint, p_note text, p_at timestamptz) returns void
language sql security definer set search_path = bureau as $$
  insert into cosigned_head values (p_size, p_note, p_at)
    on conflict on constraint cosigned_head_pkey do update set note = excluded.note, cosigned_at = excluded.cosigned_at;
  delete from cosigned_head c
   where c.cosigned_at < p_at - interval '1 hour' and c.size < p_size
     and exists (select from cosigned_head l where l.size > c.size
                    and (l.cosigned_at at time zone 'UTC')::date = (c.cosigned_at at time zone 'UTC')::date);
$$;

-- Since when something of the log is without a quorum: an entry that waits, a head that nobody has cosigned, or, where
-- nothing waits, the last cosigned head itself.
create function quorum_state() returns table (cosigned_size bigint, cosigned_at timestamptz, lacking_since timestamptz)
language sql stable security definer set search_path = bureau as $$
  with last as (select c.size, c.cosigned_at from cosigned_head c order by c.size desc limit 1)
  select (select l.size from last l), (select l.cosigned_at from last l),
         least((select l.cosigned_at from last l),
               (select p.made_at from leaf_pending p order by p.arrival limit 1),
               (select h.signed_at from log_head h where h.size > coalesce((select l.size from last l), -1)
                 order by h.size limit 1))
$$;

revoke execute on function put_cosigned_head, quorum_state from public;
grant execute on function put_cosigned_head to openbureau_sequencer;
grant execute on function quorum_state to openbureau_api, openbureau_sequencer, openbureau_auditor;
grant select on cosigned_head, witness_state to openbureau_api, openbureau_auditor, openbureau_sequencer;
grant insert, update on witness_state to openbureau_sequencer;
