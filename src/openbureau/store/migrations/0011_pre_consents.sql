-- Consent as an artefact: collected by members, confirmed by people, sampled for the original.
set local role openbureau_owner;
set local search_path = bureau;

create index consent_by_id on consent (consent_id);
create index consent_by_time on consent (given_at) where document_hash is not null;

-- What a member signed and sent: a request to a person, or the data of a paper original.  It is kept whether or not the
-- person is on file, under a key of its own; the person is found by blind index when they come.
create table consent_intent (
  member_id text not null,
  consent_id uuid not null unique,
  lender_id text not null,
  purpose text not null,
  id_kind text not null,
  id_blind bytea not null,
  name_blind bytea not null,
  channel text not null check (channel in ('lender-online', 'paper')),
  artefact_hash bytea not null,
  wrapped_key bytea not null,
  artefact_sealed bytea not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (member_id, consent_id)
);
create index consent_intent_person on consent_intent (id_kind, id_blind);

create table consent_intent_end (
  subject_id uuid not null,
  consent_id uuid not null unique,
  outcome text not null check (outcome in ('confirmed', 'attached', 'declined')),
  ended_at timestamptz not null,
  primary key (subject_id, consent_id)
);

-- A code that a person asks for and says to one lender: it stands for their confirmation, once.
create table consent_code (
  subject_id uuid not null,
  code_blind bytea not null,
  lender_id text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (subject_id, code_blind)
);
create table consent_code_used (
  subject_id uuid not null,
  code_blind bytea not null,
  consent_id uuid not null,
  used_at timestamptz not null,
  primary key (subject_id, code_blind)
);

-- Paper originals asked for by a draw that anybody can repeat from its seed, and what came of it.
create table consent_sample (
  subject_id uuid not null,
  sample_id uuid not null unique,
  consent_id uuid not null,
  member_id text not null,
  document_hash bytea not null,
  seed text not null,
  asked_at timestamptz not null,
  due_on date not null,
  primary key (subject_id, sample_id),
  unique (subject_id, consent_id, seed)
);
create index consent_sample_member on consent_sample (member_id, asked_at);
create table consent_sample_answer (
  subject_id uuid not null,
  sample_id uuid not null,
  is_original boolean not null,
  document_hash bytea not null,
  document_sealed bytea not null,
  answered_at timestamptz not null,
  primary key (subject_id, sample_id)
);

do $$
declare
  name text;
begin
  foreach name in array array['consent_intent', 'consent_intent_end', 'consent_code', 'consent_code_used',
                              'consent_sample', 'consent_sample_answer']
  loop
    execute format('create trigger append_only before update or delete or truncate on %I '
                   'for each statement execute function refuse_change()', name);
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy everything on %I to openbureau_owner, openbureau_auditor using (true) with check (true)', name);
    execute format('grant select on %I to openbureau_auditor', name);
  end loop;
  foreach name in array array['consent_intent', 'consent_sample']
  loop
    execute format('create policy own_rows on %I for select to openbureau_api '
                   'using (member_id = current_setting(''bureau.tenant'', true))', name);
  end loop;
end $$;

-- As before; a consent carries its products, the version of its purpose, its collector and its artefact, and ends the intent
-- it came from.  'stale': the chain moved, read again; OB005: this consent is given, ended or its code used already.
drop function record_event(uuid, uuid, text, timestamptz, bigint, text, bytea, bytea, bytea, uuid, text, text, date, date,
                           boolean, text, text);
create function record_event(
  p_subject uuid, p_event uuid, p_kind text, p_at timestamptz, p_seq bigint, p_actor text, p_sealed bytea, p_leaf bytea,
  p_entry bytea, p_consent uuid default null, p_member text default null, p_purpose text default null,
  p_starts date default null, p_ends date default null, p_one_time boolean default null, p_notice text default null,
  p_channel text default null, p_products text[] default '{report}', p_version int default 1,
  p_collector text default 'subject', p_document bytea default null, p_artefact bytea default null,
  p_confirmed text default null, p_code bytea default null)
returns text language plpgsql security definer set search_path = bureau as $$
begin
  update label_head set seq = p_seq, leaf_hash = p_leaf where subject_id = p_subject and seq = p_seq - 1;
  if not found then
    return 'stale';
  end if;
  begin
    if p_kind = 'consent-given' then
      insert into consent values (p_subject, p_consent, p_member, p_purpose, p_starts, p_ends, p_one_time, p_notice, p_channel,
                                  p_at, p_leaf, p_products, p_version, p_collector, p_document, p_artefact);
      if p_confirmed is not null then
        insert into consent_confirmed values (p_subject, p_consent, p_confirmed, p_at, p_leaf);
      end if;
      if p_collector <> 'subject' then
        insert into consent_intent_end
          values (p_subject, p_consent, case when p_confirmed is null then 'attached' else 'confirmed' end, p_at);
      end if;
      if p_code is not null then
        insert into consent_code_used values (p_subject, p_code, p_consent, p_at);
      end if;
    elsif p_kind = 'consent-withdrawn' then
      insert into consent_end values (p_subject, p_consent, p_at, p_leaf);
    elsif p_kind in ('freeze', 'unfreeze') then
      update subject set is_frozen = p_kind = 'freeze' where subject_id = p_subject;
    end if;
  exception when unique_violation then
    raise exception 'this was done before' using errcode = 'OB005';
  end;
  insert into event values (p_subject, p_leaf, p_kind, p_at, p_seq, p_actor, 'person', p_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_event, p_entry, p_at);
  return 'recorded';
end $$;

-- As before; with scope, version, collector, whether it counts, and how often it was answered on.
drop function own_consents(uuid);
create function own_consents(p_subject uuid)
returns table (consent_id uuid, member_id text, purpose text, starts_on date, ends_on date, is_one_time boolean,
               given_at timestamptz, ended_at timestamptz, leaf_hash bytea, subject_id uuid, products text[],
               purpose_version int, collector text, channel text, notice_version text, is_confirmed boolean, answers bigint)
language sql stable security definer set search_path = bureau as $$
  select c.consent_id, c.member_id, c.purpose, c.starts_on, c.ends_on, c.is_one_time, c.given_at, e.ended_at, c.leaf_hash,
         c.subject_id, c.products, c.purpose_version, c.collector, c.channel, c.notice_version,
         c.collector = 'subject' or c.document_hash is not null
           or exists (select from consent_confirmed f where f.subject_id = c.subject_id and f.consent_id = c.consent_id),
         (select count(*) from inquiry q where q.subject_id = any (ever_linked(c.subject_id))
                                           and q.consent_id = c.consent_id and q.outcome = 'answered')
    from consent c left join consent_end e using (subject_id, consent_id)
   where c.subject_id = any (linked_set(p_subject, 'infinity')) order by c.given_at desc, c.consent_id
$$;

-- The artefact of a consent of a person, or of one that names a member, sealed under the key of whom it is about.
create function artefact_of(p_consent uuid, p_subject uuid, p_member text)
returns table (subject_id uuid, wrapped_key bytea, artefact_sealed bytea)
language sql stable security definer set search_path = bureau as $$
  select c.subject_id, s.wrapped_key, c.artefact_sealed
    from consent c join subject s using (subject_id)
   where c.consent_id = p_consent and c.artefact_sealed is not null
     and (c.member_id = p_member or c.collector = p_member or c.subject_id = any (linked_set(p_subject, 'infinity')))
$$;

-- Who carries this number under this name?  Nobody where several that are not linked do, or no name agrees: as `facts`.
create function carrier_of(p_id_kind text, p_id_blind bytea, p_name_blind bytea) returns uuid
language sql stable security definer set search_path = bureau as $$
  with holder as (
    select distinct linked_set(d.subject_id, 'infinity') as ids
      from identifier d
     where d.kind = p_id_kind and d.blind = p_id_blind
       and (d.name_blind = p_name_blind
            or exists (select from name_known k where k.subject_id = d.subject_id and k.name_blind = p_name_blind))
       and not exists (select from identifier_dismissed x
                        where x.subject_id = d.subject_id and x.kind = d.kind and x.blind = d.blind))
  select ids[1] from holder where (select count(*) from holder) = 1
$$;

-- Keep what a member signed.  'kept'; 'again': the same was kept before; 'other': the id was used for something else;
-- 'too-soon': this lender asked this person for this purpose a short while ago, on file or not.
create function add_intent(
  p_member text, p_consent uuid, p_lender text, p_purpose text, p_id_kind text, p_id_blind bytea, p_name_blind bytea,
  p_channel text, p_hash bytea, p_wrapped bytea, p_sealed bytea, p_at timestamptz, p_expires timestamptz,
  p_quiet_since timestamptz)
returns text language plpgsql security definer set search_path = bureau as $$
declare
  known bytea;
begin
  perform pg_advisory_xact_lock(hashtextextended(p_lender || p_purpose || encode(p_id_blind, 'hex'), 12));
  select i.artefact_hash into known from consent_intent i where i.member_id = p_member and i.consent_id = p_consent;
  if found then
    return case when known = p_hash then 'again' else 'other' end;
  end if;
  if p_channel = 'lender-online' and exists (
       select from consent_intent i where i.lender_id = p_lender and i.purpose = p_purpose and i.id_kind = p_id_kind
                                      and i.id_blind = p_id_blind and i.channel = p_channel and i.asked_at > p_quiet_since) then
    return 'too-soon';
  end if;
  insert into consent_intent values (p_member, p_consent, p_lender, p_purpose, p_id_kind, p_id_blind, p_name_blind, p_channel,
                                     p_hash, p_wrapped, p_sealed, p_at, p_expires);
  return 'kept';
exception when unique_violation then
  return 'other';
end $$;

-- One intent of a member, with its end where it has one.
create function intent_of(p_member text, p_consent uuid)
returns table (member_id text, consent_id uuid, lender_id text, purpose text, channel text, wrapped_key bytea,
               artefact_sealed bytea, asked_at timestamptz, expires_at timestamptz, outcome text)
language sql stable security definer set search_path = bureau as $$
  select i.member_id, i.consent_id, i.lender_id, i.purpose, i.channel, i.wrapped_key, i.artefact_sealed, i.asked_at,
         i.expires_at, e.outcome
    from consent_intent i left join consent_intent_end e using (consent_id)
   where i.consent_id = p_consent and p_member in (i.member_id, i.lender_id)
$$;

-- What was asked of a person on line, newest first: under a number and a name that are theirs and nobody else's.
create function own_intents(p_subject uuid)
returns table (member_id text, consent_id uuid, lender_id text, purpose text, channel text, wrapped_key bytea,
               artefact_sealed bytea, asked_at timestamptz, expires_at timestamptz, outcome text)
language sql stable security definer set search_path = bureau as $$
  select i.member_id, i.consent_id, i.lender_id, i.purpose, i.channel, i.wrapped_key, i.artefact_sealed, i.asked_at,
         i.expires_at, e.outcome
    from (select distinct d.kind, d.blind from identifier d where d.subject_id = any (linked_set(p_subject, 'infinity'))) n
    join consent_intent i on i.id_kind = n.kind and i.id_blind = n.blind
    left join consent_intent_end e using (consent_id)
   where i.channel = 'lender-online'
     and carrier_of(i.id_kind, i.id_blind, i.name_blind) = any (linked_set(p_subject, 'infinity'))
   order by i.asked_at desc, i.consent_id
$$;

-- A person says no to a request; nothing of it enters their chain, for nothing was given.
create function decline_intent(p_subject uuid, p_consent uuid, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = bureau as $$
begin
  insert into consent_intent_end
    select p_subject, p_consent, 'declined', p_at
     where exists (select from own_intents(p_subject) i where i.consent_id = p_consent and i.outcome is null);
  return found;
exception when unique_violation then
  return false;
end $$;

-- A person's code for one lender.
create function add_code(p_subject uuid, p_code bytea, p_lender text, p_at timestamptz, p_expires timestamptz) returns void
language sql security definer set search_path = bureau as $$
  insert into consent_code values (p_subject, p_code, p_lender, p_at, p_expires)
$$;

-- Is this a code of this person for this lender that still holds?
create function is_code(p_subject uuid, p_code bytea, p_lender text, p_at timestamptz) returns boolean
language sql stable security definer set search_path = bureau as $$
  select exists (select from consent_code c where c.subject_id = p_subject and c.code_blind = p_code
                   and c.lender_id = p_lender and c.made_at <= p_at and c.expires_at > p_at
                   and not exists (select from consent_code_used u
                                    where u.subject_id = c.subject_id and u.code_blind = c.code_blind))
$$;

-- Ask for one original; false where this draw has asked for it before.
create function add_sample(p_subject uuid, p_sample uuid, p_consent uuid, p_member text, p_document bytea, p_seed text,
                           p_at timestamptz, p_due date) returns boolean
language plpgsql security definer set search_path = bureau as $$
begin
  insert into consent_sample values (p_subject, p_sample, p_consent, p_member, p_document, p_seed, p_at, p_due)
    on conflict (subject_id, consent_id, seed) do nothing;
  return found;
end $$;

-- The originals asked of a member, newest first.
create function samples_of(p_member text)
returns table (sample_id uuid, consent_id uuid, member_id text, document_hash bytea, seed text, asked_at timestamptz,
               due_on date, is_original boolean, answered_at timestamptz, subject_id uuid, wrapped_key bytea)
language sql stable security definer set search_path = bureau as $$
  select s.sample_id, s.consent_id, s.member_id, s.document_hash, s.seed, s.asked_at, s.due_on, a.is_original, a.answered_at,
         s.subject_id, p.wrapped_key
    from consent_sample s
    join subject p using (subject_id)
    left join consent_sample_answer a using (subject_id, sample_id)
   where s.member_id = p_member order by s.asked_at desc, s.sample_id
$$;

-- What a member sent for an original; false where it had sent something before: the first counts.
create function answer_sample(p_member text, p_subject uuid, p_sample uuid, p_is_original boolean, p_document bytea,
                              p_sealed bytea, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = bureau as $$
begin
  insert into consent_sample_answer
    select s.subject_id, s.sample_id, p_is_original, p_document, p_sealed, p_at
      from consent_sample s where s.subject_id = p_subject and s.sample_id = p_sample and s.member_id = p_member
    on conflict (subject_id, sample_id) do nothing;
  return found;
end $$;

revoke execute on all functions in schema bureau from public;
grant execute on function record_event, own_consents, artefact_of, carrier_of, add_intent, intent_of, own_intents,
  decline_intent, add_code, is_code, samples_of, answer_sample to openbureau_api;
grant execute on function record_event to openbureau_linkage;
grant execute on function add_sample to openbureau_auditor;
