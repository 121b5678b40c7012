-- The three calls of an inquiry, made cheaper: the same reads, the same checks, the same rows.  What made them dear: plans made
-- anew at every call because a list of one subject looked cheaper than any list, functions in functions, and probing for what
-- hardly anybody has.  (plan_cache_mode: see decision 0031.)
set local role openbureau_owner;
set local search_path = bureau;

-- Sealed bytes do not shrink: no attempt is made.
alter table inquiry alter column outcome_sealed set storage external;
alter table inquiry_unmatched alter column outcome_sealed set storage external;
alter table event alter column sealed set storage external;

-- As before.  A fresh key, the usual case, is one look.
create or replace function admit(p_token_hash bytea, p_key text, p_request_hash bytea, p_now timestamptz, p_jkt bytea, p_x5t bytea,
                                 p_kinds text[], p_values bytea[], p_keep timestamptz)
returns table (member_id text, is_known_key boolean, is_conflict boolean, inquiry_id uuid, outcome text, key_kind text,
               subject_id uuid, wrapped_key bytea, outcome_sealed bytea, is_bound boolean, is_fresh boolean, kid text,
               scopes text[], statements text)
language plpgsql security definer set search_path = bureau set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  held member_token;
  used idempotency;
  seen int := 0;
begin
  select * into held from member_token t
   where t.token_hash = p_token_hash and t.valid_from <= p_now and t.valid_until > p_now
     and t.jkt is not distinct from p_jkt and (t.x5t is null or t.x5t = p_x5t);
  if not found then
    return;
  end if;
  member_id := held.member_id;
  is_bound := held.kid is not null;
  kid := held.kid;
  scopes := held.scopes;
  is_known_key := false;
  is_conflict := false;
  statements := '[]';
  if cardinality(p_values) > 0 then
    if p_key <> '' then
      perform set_config('synchronous_commit', 'off', true);
    end if;
    insert into replay select held.member_id, k.kind, k.value, p_keep from unnest(p_kinds, p_values) as k (kind, value)
      on conflict do nothing;
    get diagnostics seen = row_count;
    if seen <> cardinality(p_values) then
      is_fresh := false;
      return next;
      return;
    end if;
  end if;
  is_fresh := true;
  select coalesce(json_agg(k.content order by k.number), '[]'::json) into statements
    from member_key k where k.member_id = held.member_id;
  key_kind := 'bureau';
  select * into used from idempotency i where i.member_id = held.member_id and i.key = p_key and i.expires_at > p_now;
  if found then
    is_known_key := true;
    is_conflict := used.request_hash <> p_request_hash;
    inquiry_id := used.inquiry_id;
    subject_id := used.subject_id;
    outcome := 'refused';
    if used.subject_id is null then
      select u.outcome_sealed into outcome_sealed from inquiry_unmatched u where u.inquiry_id = used.inquiry_id;
    else
      select q.outcome, q.key_kind, q.outcome_sealed, s.wrapped_key into outcome, key_kind, outcome_sealed, wrapped_key
        from inquiry q left join subject s on q.key_kind = 'person' and s.subject_id = q.subject_id
       where q.subject_id = used.subject_id and q.inquiry_id = used.inquiry_id;
      outcome := coalesce(outcome, 'refused');
      key_kind := coalesce(key_kind, 'bureau');
    end if;
  end if;
  return next;
end $$;

-- As before; whether there is anything of it at all is asked first, because for most people there is not.
create or replace function further_of(p_subjects uuid[], p_as_of timestamptz, p_now timestamptz) returns json
language plpgsql stable security definer set search_path = bureau as $$
begin
  if not (exists (select from guarantee_fact x where x.subject_id = any (p_subjects))
          or exists (select from public_record_fact x where x.subject_id = any (p_subjects))
          or exists (select from share_fact x where x.subject_id = any (p_subjects))
          or exists (select from party_fact x where x.subject_id = any (p_subjects))
          or exists (select from outside_inquiry_fact x where x.subject_id = any (p_subjects))) then
    return '{"g":null,"p":null,"s":null,"l":null,"o":null}'::json;
  end if;
  return json_build_object(
    'g', (select json_agg(json_build_array(g.guarantee_id, g.furnisher_id, g.tradeline_id, g.guarantee_kind, g.starts_on, g.ends_on,
                   g.currency, g.amount_fen, g.outstanding_fen, g.guarantee_status, g.true_on) order by g.starts_on, g.guarantee_id)
          from (select distinct on (x.subject_id, x.guarantee_id) x.* from guarantee_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                 order by x.subject_id, x.guarantee_id, x.known_at desc) g),
    'p', (select json_agg(json_build_array(r.public_id, r.furnisher_id, r.public_kind, r.decided_on, r.amount_fen, r.public_status,
                   r.ended_on, r.true_on, r.subject_id, encode(s.wrapped_key, 'base64'), encode(r.words_sealed, 'base64'))
                   order by r.decided_on, r.public_id)
          from (select distinct on (x.subject_id, x.public_id) x.* from public_record_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                 order by x.subject_id, x.public_id, x.known_at desc) r
          join subject s on s.subject_id = r.subject_id),
    's', (select json_agg(json_build_array(h.tradeline_id, h.funder, h.share_bp) order by h.share_bp desc, h.funder)
          from (select distinct on (x.subject_id, x.tradeline_id, x.funder) x.* from share_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                 order by x.subject_id, x.tradeline_id, x.funder, x.known_at desc) h where h.share_bp > 0),
    'l', (select json_agg(json_build_array(y.tradeline_id, y.liability_fen, y.ended_on) order by y.tradeline_id)
          from (select distinct on (x.subject_id, x.tradeline_id) x.* from party_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                 order by x.subject_id, x.tradeline_id, x.known_at desc) y
          where y.liability_fen is not null or y.ended_on is not null),
    'o', (select json_agg(json_build_array(o.inquiry_id, o.furnisher_id, o.asked_by, o.asker_kind, o.reason, o.true_on)
                   order by o.true_on desc, o.inquiry_id)
          from (select distinct on (x.subject_id, x.inquiry_id) x.* from outside_inquiry_fact x
                 where x.subject_id = any (p_subjects) and x.known_at <= p_as_of
                   and x.true_on > (p_now - interval '2 years')::date
                 order by x.subject_id, x.inquiry_id, x.known_at desc) o));
end $$;

-- As before.
create or replace function file_of(p_subjects uuid[], p_now timestamptz) returns text
language plpgsql stable security definer set search_path = bureau set plan_cache_mode = force_generic_plan as $$
begin
  return concat('{"t":', coalesce((select json_agg(json_build_array(
           c.tradeline_id, c.furnisher_id, c.account_type, c.business_type, c.role, c.opened_on, c.closed_on, c.due_on,
           c.currency, c.limit_fen, c.account_status, c.five_class, c.as_of_on, c.first_month, c.statuses, c.balances,
           c.dues, c.paids, c.overdues, c.known_at) order by c.opened_on, c.tradeline_id)
         from tradeline_current c where c.subject_id = any (p_subjects)), '[]'::json),
    ',"i":', coalesce((select json_agg(json_build_array(q.inquiry_id, q.member_id, q.purpose, q.asked_at, q.outcome)
                                       order by q.asked_at desc, q.inquiry_id)
         from (select x.inquiry_id, x.member_id, x.purpose, x.asked_at, x.outcome from inquiry x
                where x.subject_id = any (p_subjects) and x.asked_at > p_now - interval '2 years'
                  and x.product not like 'replay;%'
                  and (x.consent_id is not null or not is_quiet(x.subject_id, x.inquiry_id, p_now))
                order by x.asked_at desc limit 200) q), '[]'::json),
    ',"f":', further_of(p_subjects, 'infinity', p_now), '}');
end $$;

-- As before, step by step; the standing is put together from what was just read, and read anew only when it is recorded.
create or replace function facts(p_member text, p_id_kind text, p_blind bytea, p_name_blind bytea, p_month text, p_lane int,
                                 p_now timestamptz)
returns table (subject_id uuid, kind text, name_agrees boolean, is_frozen boolean, is_deceased boolean, adult_on date,
               synthetic boolean, wrapped_key bytea, identity_sealed bytea, label bytea, seq bigint, head bytea,
               lane_seq bigint, last_charged text, consents text, file text, has_running_account boolean, standing text)
language plpgsql stable security definer set search_path = bureau set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  claim record;
  ids uuid[];
  firsts uuid[] := '{}';
  agree boolean[] := '{}';
  place int;
begin
  -- Who claims the number?  Subjects that are one count once, and agree in name where one of them does.
  for claim in
    select d.subject_id,
           d.name_blind = p_name_blind
             or exists (select from name_known k where k.subject_id = d.subject_id and k.name_blind = p_name_blind) as agrees,
           exists (select from identity_link l where l.subject_id = d.subject_id) as is_linked
      from identifier d
     where d.kind = p_id_kind and d.blind = p_blind
       and not exists (select from identifier_dismissed x
                        where x.subject_id = d.subject_id and x.kind = d.kind and x.blind = d.blind)
     order by d.subject_id
  loop
    ids := case when claim.is_linked then linked_set(claim.subject_id, 'infinity') else array[claim.subject_id] end;
    place := array_position(firsts, ids[1]);
    if place is null then
      firsts := firsts || ids[1];
      agree := agree || claim.agrees;
    else
      agree[place] := agree[place] or claim.agrees;
    end if;
  end loop;
  for place in 1 .. cardinality(firsts) loop
    if cardinality(firsts) > 1 then
      ids := linked_set(firsts[place], 'infinity');
    end if;
    select s.subject_id, s.kind, agree[place], s.is_frozen, s.deceased_on is not null, s.adult_on, s.synthetic, s.wrapped_key,
           s.identity_sealed, s.label, h.seq, h.leaf_hash
      into subject_id, kind, name_agrees, is_frozen, is_deceased, adult_on, synthetic, wrapped_key,
           identity_sealed, label, seq, head
      from subject s join label_head h on h.subject_id = s.subject_id where s.subject_id = ids[1];
    continue when not found;
    if cardinality(ids) > 1 then
      select bool_or(s.is_frozen), bool_or(s.deceased_on is not null) into is_frozen, is_deceased
        from subject s where s.subject_id = any (ids);
    end if;
    select exists (select from tradeline_current t
                    where t.subject_id = any (ids) and t.furnisher_id = p_member and t.closed_on is null),
           coalesce((select l.seq from lane_head l where l.member_id = p_member and l.bill_month = p_month and l.lane = p_lane), 0),
           coalesce((select json_object_agg(x.product, x.latest) from
                      (select c.product, max(c.charged_on) as latest from charge c
                        where c.subject_id = any (ids) and c.member_id = p_member group by c.product) x), '{}'::json),
           coalesce((select json_agg(json_build_array(c.consent_id, c.purpose, c.starts_on, c.ends_on, e.consent_id is not null,
                       c.is_one_time,
                       c.is_one_time and exists (select from inquiry q where q.subject_id = any (ever_linked(c.subject_id))
                                                  and q.consent_id = c.consent_id and q.outcome = 'answered'),
                       encode(c.leaf_hash, 'hex'), c.products, c.purpose_version,
                       c.collector = 'subject' or c.document_hash is not null
                         or exists (select from consent_confirmed f
                                     where f.subject_id = c.subject_id and f.consent_id = c.consent_id)) order by c.consent_id)
                     from consent c left join consent_end e using (subject_id, consent_id)
                    where c.subject_id = any (ids) and c.member_id = p_member), '[]'::json)
      into has_running_account, lane_seq, last_charged, consents;
    file := file_of(ids, p_now);
    standing := concat_ws(' ', ids, is_frozen, is_deceased, has_running_account);  -- read again by record_inquiry
    return next;
  end loop;
end $$;

-- As before; what moves without the chain is read again in one look.
create or replace function record_inquiry(
  p_subject uuid, p_inquiry uuid, p_member text, p_key text, p_request_hash bytea, p_expires timestamptz,
  p_purpose text, p_product text, p_actor_user text, p_at timestamptz, p_outcome text, p_refusal text, p_consent uuid,
  p_key_kind text, p_sealed bytea, p_leaf bytea, p_entry bytea, p_event_kind text, p_event_sealed bytea, p_seq bigint,
  p_month text, p_lane int, p_lane_seq bigint, p_rule text, p_amount bigint, p_currency text, p_standing text, p_act bytea,
  p_document bytea, p_document_sealed bytea, p_told_on date)
returns text
language plpgsql security definer set search_path = bureau set plan_cache_mode = force_generic_plan as $$
declare
  ids uuid[];
  stands text;
  is_in_force boolean;
  is_covered boolean;
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
  ids := linked_set(p_subject, 'infinity');
  -- Linked subjects' chains are held still in the order of their ids: no consent or freeze of theirs passes us.
  if cardinality(ids) > 1 then
    perform from label_head h where h.subject_id = any (ids) order by h.subject_id for update;
  end if;
  -- The person's chain moves with every consent, withdrawal, freeze, link and inquiry: if it did not move, none of them did.
  update label_head set seq = p_seq, leaf_hash = p_leaf where subject_id = p_subject and seq = p_seq - 1;
  if not found then
    raise exception 'the chain moved' using errcode = 'OB003';
  end if;
  if p_outcome <> 'refused' then
    -- What moves without the chain, or might: each is read again, and whatever moved sends us back to the facts.
    select concat_ws(' ', ids, bool_or(s.is_frozen), bool_or(s.deceased_on is not null),
                     exists (select from tradeline_current t
                              where t.subject_id = any (ids) and t.furnisher_id = p_member and t.closed_on is null)),
           exists (select from act a where a.act_hash = p_act and not exists (select from act b where b.act_no > a.act_no)),
           p_document is not null
             or exists (select from consent c
                         where c.subject_id = any (ids) and c.consent_id = p_consent and c.member_id = p_member
                           and not exists (select from consent_end e
                                            where e.subject_id = c.subject_id and e.consent_id = c.consent_id)
                           and (c.collector = 'subject' or c.document_hash is not null
                                or exists (select from consent_confirmed f
                                            where f.subject_id = c.subject_id and f.consent_id = c.consent_id)))
      into stands, is_in_force, is_covered from subject s where s.subject_id = any (ids);
    if stands is distinct from p_standing then
      raise exception 'links, freeze, death or the running account changed' using errcode = 'OB003';
    end if;
    if not is_in_force then
      raise exception 'another act is in force' using errcode = 'OB003';
    end if;
    if not is_covered then
      raise exception 'the consent ended, or is not confirmed' using errcode = 'OB003';
    end if;
  end if;
  if p_amount > 0 then
    insert into lane_head values (p_member, p_month, p_lane, p_lane_seq)
      on conflict (member_id, bill_month, lane) do update set seq = excluded.seq where lane_head.seq = excluded.seq - 1;
    if not found then
      raise exception 'the lane moved' using errcode = 'OB003';
    end if;
    insert into charge values (p_subject, p_inquiry, p_member, p_month, p_lane, p_lane_seq, p_rule, p_amount, p_currency,
                               (p_at at time zone interval '08:00')::date, p_product);
  end if;
  insert into inquiry values (p_subject, p_inquiry, p_member, p_purpose, p_product, p_actor_user, p_at, p_outcome,
                              p_refusal, p_consent, p_leaf, p_key_kind, p_sealed);
  if p_document is not null then
    insert into inquiry_document values (p_subject, p_inquiry, p_document, p_document_sealed, p_key_kind, p_told_on);
  end if;
  insert into event values (p_subject, p_leaf, p_event_kind, p_at, p_seq, p_member, p_key_kind, p_event_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_inquiry, p_entry, p_at);
  insert into notice values (p_subject, p_inquiry, p_event_kind, p_leaf, p_at, p_told_on);
  return 'recorded';
end $$;

drop function standing(uuid[], text);
drop function has_running_account(uuid[], text);
