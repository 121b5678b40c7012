-- The three calls of an inquiry, and events outside inquiries.  Each runs as the owner, with the tenant set inside.
set local role openbureau_owner;
set local search_path = bureau;

-- Who is the caller, and was this key used before?  Touches no person.
create function admit(p_token_hash bytea, p_key text, p_request_hash bytea, p_now timestamptz)
returns table (member_id text, is_known_key boolean, is_conflict boolean, inquiry_id uuid, outcome text, key_kind text,
               subject_id uuid, wrapped_key bytea, outcome_sealed bytea)
language sql stable security definer set search_path = bureau as $$
  select t.member_id,
         i.member_id is not null,
         coalesce(i.request_hash <> p_request_hash, false),
         i.inquiry_id,
         coalesce(q.outcome, case when i.inquiry_id is not null then 'refused' end),
         coalesce(q.key_kind, 'bureau'),
         i.subject_id,
         s.wrapped_key,
         coalesce(q.outcome_sealed, u.outcome_sealed)
    from member_token t
    left join idempotency i on i.member_id = t.member_id and i.key = p_key and i.expires_at > p_now
    left join inquiry q on q.subject_id = i.subject_id and q.inquiry_id = i.inquiry_id
    left join inquiry_unmatched u on i.subject_id is null and u.inquiry_id = i.inquiry_id
    left join subject s on q.key_kind = 'person' and s.subject_id = q.subject_id
   where t.token_hash = p_token_hash and t.valid_from <= p_now and t.valid_until > p_now
$$;

-- The file of a subject as compact JSON text: accounts with their last 60 months, inquiries of two years.
create function file_text(p_subject uuid, p_now timestamptz) returns text
language sql stable security definer set search_path = bureau as $$
  select json_build_object(
    't', coalesce((select json_agg(json_build_array(
           c.tradeline_id, c.furnisher_id, c.account_type, c.business_type, c.role, c.opened_on, c.closed_on, c.due_on,
           c.currency, c.limit_fen, c.account_status, c.five_class, c.as_of_on, c.first_month, c.statuses, c.balances,
           c.dues, c.paids, c.overdues, c.known_at) order by c.opened_on, c.tradeline_id)
         from tradeline_current c where c.subject_id = p_subject), '[]'::json),
    'i', coalesce((select json_agg(json_build_array(q.inquiry_id, q.member_id, q.purpose, q.asked_at, q.outcome)
                                   order by q.asked_at desc)
         from (select * from inquiry x where x.subject_id = p_subject and x.asked_at > p_now - interval '2 years'
               order by x.asked_at desc limit 200) q), '[]'::json))::text
$$;

-- Everything that the decision and the report need, in one row.
create function facts(p_member text, p_id_kind text, p_blind bytea, p_name_blind bytea, p_month text, p_lane int,
                      p_now timestamptz)
returns table (subject_id uuid, kind text, name_agrees boolean, is_frozen boolean, is_deceased boolean, adult_on date,
               synthetic boolean, wrapped_key bytea, identity_sealed bytea, label bytea, seq bigint, head bytea,
               lane_seq bigint, last_charged_on date, consents text, file text)
language sql stable security definer set search_path = bureau as $$
  select s.subject_id, s.kind, d.name_blind = p_name_blind, s.is_frozen, s.deceased_on is not null, s.adult_on,
         s.synthetic, s.wrapped_key, s.identity_sealed, s.label, h.seq, h.leaf_hash,
         coalesce((select l.seq from lane_head l where l.member_id = p_member and l.bill_month = p_month and l.lane = p_lane), 0),
         (select max(c.charged_on) from charge c where c.subject_id = s.subject_id and c.member_id = p_member),
         coalesce((select json_agg(json_build_array(c.consent_id, c.purpose, c.starts_on, c.ends_on, e.consent_id is not null,
                     c.is_one_time,
                     c.is_one_time and exists (select from inquiry q where q.subject_id = c.subject_id
                                                and q.consent_id = c.consent_id and q.outcome = 'answered'),
                     encode(c.leaf_hash, 'hex')))
                   from consent c left join consent_end e using (subject_id, consent_id)
                  where c.subject_id = s.subject_id and c.member_id = p_member), '[]'::json)::text,
         file_text(s.subject_id, p_now)
    from identifier d
    join subject s on s.subject_id = d.subject_id
    join label_head h on h.subject_id = d.subject_id
   where d.kind = p_id_kind and d.blind = p_blind
$$;

-- One transaction: what was decided, its leaf, its charge, its notice.  'taken' changes nothing; when the person's chain
-- or the bill's lane moved meanwhile, OB003 rolls all of it back and the caller reads the facts again.
create function record_inquiry(
  p_subject uuid, p_inquiry uuid, p_member text, p_key text, p_request_hash bytea, p_expires timestamptz,
  p_purpose text, p_product text, p_actor_user text, p_at timestamptz, p_outcome text, p_refusal text, p_consent uuid,
  p_key_kind text, p_sealed bytea, p_leaf bytea, p_entry bytea, p_event_kind text, p_event_sealed bytea, p_seq bigint,
  p_month text, p_lane int, p_lane_seq bigint, p_rule text, p_amount bigint, p_currency text)
returns text language plpgsql security definer set search_path = bureau as $$
begin
  perform set_config('bureau.tenant', p_member, true);
  insert into idempotency values (p_member, p_key, p_request_hash, p_subject, p_inquiry, p_expires)
    on conflict (member_id, key) do update
       set request_hash = excluded.request_hash, subject_id = excluded.subject_id, inquiry_id = excluded.inquiry_id,
           expires_at = excluded.expires_at
     where idempotency.expires_at <= p_at;
  if not found then
    return 'taken';
  end if;
  -- The person's chain moves with every consent, withdrawal, freeze and inquiry: if it did not move, none of them did.
  update label_head set seq = p_seq, leaf_hash = p_leaf where subject_id = p_subject and seq = p_seq - 1;
  if not found then
    raise exception 'the chain moved' using errcode = 'OB003';
  end if;
  if p_outcome <> 'refused' then
    perform from consent c left join consent_end e using (subject_id, consent_id)
      where c.subject_id = p_subject and c.consent_id = p_consent and c.member_id = p_member and e.consent_id is null;
    if not found or (select s.is_frozen from subject s where s.subject_id = p_subject) then
      raise exception 'the consent or the freeze changed without an event' using errcode = 'OB002';
    end if;
  end if;
  if p_amount > 0 then
    insert into lane_head values (p_member, p_month, p_lane, p_lane_seq)
      on conflict (member_id, bill_month, lane) do update set seq = excluded.seq where lane_head.seq = excluded.seq - 1;
    if not found then
      raise exception 'the lane moved' using errcode = 'OB003';
    end if;
    insert into charge values (p_subject, p_inquiry, p_member, p_month, p_lane, p_lane_seq, p_rule, p_amount, p_currency,
                               (p_at at time zone interval '08:00')::date);
  end if;
  insert into inquiry values (p_subject, p_inquiry, p_member, p_purpose, p_product, p_actor_user, p_at, p_outcome,
                              p_refusal, p_consent, p_leaf, p_key_kind, p_sealed);
  insert into event values (p_subject, p_leaf, p_event_kind, p_at, p_seq, p_member, p_key_kind, p_event_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_inquiry, p_entry, p_at);
  insert into notice values (p_subject, p_inquiry, p_event_kind, p_leaf, p_at);
  return 'recorded';
end $$;

-- The same where no subject is known: before the search, or after one that found nobody.
create function record_unmatched(
  p_inquiry uuid, p_member text, p_key text, p_request_hash bytea, p_expires timestamptz, p_purpose text, p_product text,
  p_actor_user text, p_at timestamptz, p_refusal text, p_sealed bytea, p_leaf bytea, p_entry bytea, p_event_kind text,
  p_event_sealed bytea)
returns text language plpgsql security definer set search_path = bureau as $$
begin
  insert into idempotency values (p_member, p_key, p_request_hash, null, p_inquiry, p_expires)
    on conflict (member_id, key) do update
       set request_hash = excluded.request_hash, subject_id = excluded.subject_id, inquiry_id = excluded.inquiry_id,
           expires_at = excluded.expires_at
     where idempotency.expires_at <= p_at;
  if not found then
    return 'taken';
  end if;
  insert into inquiry_unmatched values (p_inquiry, p_member, p_purpose, p_product, p_actor_user, p_at, p_refusal, p_leaf, p_sealed);
  insert into event values ('00000000-0000-0000-0000-000000000000', p_leaf, p_event_kind, p_at, 0, p_member, 'bureau',
                            p_event_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_inquiry, p_entry, p_at);
  return 'recorded';
end $$;

-- An event of a subject outside inquiries, with a consent or its end in the same transaction.
create function record_event(
  p_subject uuid, p_event uuid, p_kind text, p_at timestamptz, p_seq bigint, p_actor text, p_sealed bytea, p_leaf bytea,
  p_entry bytea, p_consent uuid default null, p_member text default null, p_purpose text default null,
  p_starts date default null, p_ends date default null, p_one_time boolean default null, p_notice text default null,
  p_channel text default null)
returns text language plpgsql security definer set search_path = bureau as $$
begin
  update label_head set seq = p_seq, leaf_hash = p_leaf where subject_id = p_subject and seq = p_seq - 1;
  if not found then
    return 'stale';
  end if;
  if p_kind = 'consent-given' then
    insert into consent values (p_subject, p_consent, p_member, p_purpose, p_starts, p_ends, p_one_time, p_notice, p_channel,
                                p_at, p_leaf);
  elsif p_kind = 'consent-withdrawn' then
    insert into consent_end values (p_subject, p_consent, p_at, p_leaf);
  elsif p_kind in ('freeze', 'unfreeze') then
    update subject set is_frozen = p_kind = 'freeze' where subject_id = p_subject;
  end if;
  insert into event values (p_subject, p_leaf, p_kind, p_at, p_seq, p_actor, 'person', p_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_event, p_entry, p_at);
  return 'recorded';
end $$;

-- What a person's own pages need: identity, chain, file.
create function own_facts(p_subject uuid, p_now timestamptz)
returns table (kind text, synthetic boolean, wrapped_key bytea, identity_sealed bytea, label bytea,
               seq bigint, head bytea, file text)
language sql stable security definer set search_path = bureau as $$
  select s.kind, s.synthetic, s.wrapped_key, s.identity_sealed, s.label, h.seq, h.leaf_hash,
         file_text(s.subject_id, p_now)
    from subject s join label_head h using (subject_id) where s.subject_id = p_subject
$$;

-- Every event of a person, in order, with its place in the log where it has one.
create function own_events(p_subject uuid)
returns table (leaf_hash bytea, kind text, at timestamptz, seq bigint, actor text, key_kind text, sealed bytea,
               leaf_index bigint)
language sql stable security definer set search_path = bureau as $$
  select e.leaf_hash, e.kind, e.at, e.seq, e.actor, e.key_kind, e.sealed, l.leaf_index
    from event e left join log_entry l using (leaf_hash) where e.subject_id = p_subject order by e.seq
$$;

-- The consents of a person, newest first.
create function own_consents(p_subject uuid)
returns table (consent_id uuid, member_id text, purpose text, starts_on date, ends_on date, is_one_time boolean,
               given_at timestamptz, ended_at timestamptz, leaf_hash bytea)
language sql stable security definer set search_path = bureau as $$
  select c.consent_id, c.member_id, c.purpose, c.starts_on, c.ends_on, c.is_one_time, c.given_at, e.ended_at, c.leaf_hash
    from consent c left join consent_end e using (subject_id, consent_id)
   where c.subject_id = p_subject order by c.given_at desc
$$;

-- A leaf's place in the log.
create function leaf_place(p_leaf bytea) returns table (leaf_index bigint, entry bytea)
language sql stable security definer set search_path = bureau as $$
  select l.leaf_index, l.entry from log_entry l where l.leaf_hash = p_leaf limit 1
$$;

revoke execute on all functions in schema bureau from public;
grant execute on function admit, facts, record_inquiry, record_unmatched, record_event, own_facts, own_events, own_consents,
  leaf_place to openbureau_api;
grant execute on function own_events, leaf_place to openbureau_auditor;
