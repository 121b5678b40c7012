-- What the decision rests on, found with the facts and checked again in the recording transaction.
set local role openbureau_owner;
set local search_path = bureau;

-- The document by which a court or an authority looked somebody up, sealed; `told_on`: the day to which the person's notice
-- was put off.  Under the nil id where nobody was found.
create table inquiry_document (
  subject_id uuid not null,
  inquiry_id uuid not null,
  document_hash bytea not null,
  document_sealed bytea not null,
  key_kind text not null check (key_kind in ('person', 'bureau')),
  told_on date,
  primary key (subject_id, inquiry_id)
);
create trigger append_only before update or delete or truncate on inquiry_document
  for each statement execute function refuse_change();
grant select on inquiry_document to openbureau_auditor;

-- A notice that may be delivered on a later day only.
alter table notice add column not_before date;

-- Does a lender hold an open account of these subjects?
create function has_running_account(p_ids uuid[], p_member text) returns boolean
language plpgsql stable security definer set search_path = bureau as $$
begin
  return exists (select from tradeline_current t
                  where t.subject_id = any (p_ids) and t.furnisher_id = p_member and t.closed_on is null);
end $$;

-- What of these subjects a decision for this member rests on, as one text: who is linked, freeze, death, running account.
-- The decision takes it from the facts; the record is written only while it still reads the same.
create function standing(p_ids uuid[], p_member text) returns text
language plpgsql stable security definer set search_path = bureau as $$
begin
  return (select concat_ws(' ', p_ids, bool_or(s.is_frozen), bool_or(s.deceased_on is not null),
                           has_running_account(p_ids, p_member))
            from subject s where s.subject_id = any (p_ids));
end $$;

-- As before; of each consent what it covers, which wording, and whether the person's own word or a paper stands behind it;
-- whether the lender holds an open account; and the standing.
drop function facts(text, text, bytea, bytea, text, int, timestamptz);
create function facts(p_member text, p_id_kind text, p_blind bytea, p_name_blind bytea, p_month text, p_lane int,
                      p_now timestamptz)
returns table (subject_id uuid, kind text, name_agrees boolean, is_frozen boolean, is_deceased boolean, adult_on date,
               synthetic boolean, wrapped_key bytea, identity_sealed bytea, label bytea, seq bigint, head bytea,
               lane_seq bigint, last_charged text, consents text, file text, has_running_account boolean, standing text)
language plpgsql stable security definer set search_path = bureau as $$
#variable_conflict use_column
begin
  return query with claim as materialized (
    select linked_set(d.subject_id, 'infinity') as ids,
           d.name_blind = p_name_blind
             or exists (select from name_known k where k.subject_id = d.subject_id and k.name_blind = p_name_blind) as agrees
      from identifier d
     where d.kind = p_id_kind and d.blind = p_blind
       and not exists (select from identifier_dismissed x
                        where x.subject_id = d.subject_id and x.kind = d.kind and x.blind = d.blind)
  ), holder as materialized (
    select c.ids, bool_or(c.agrees) as agrees from claim c group by c.ids
  )
  select s.subject_id, s.kind, o.agrees,
         exists (select from subject x where x.subject_id = any (o.ids) and x.is_frozen),
         exists (select from subject x where x.subject_id = any (o.ids) and x.deceased_on is not null),
         s.adult_on, s.synthetic, s.wrapped_key, s.identity_sealed, s.label, h.seq, h.leaf_hash,
         coalesce((select l.seq from lane_head l where l.member_id = p_member and l.bill_month = p_month and l.lane = p_lane), 0),
         coalesce((select json_object_agg(x.product, x.latest) from
                    (select c.product, max(c.charged_on) as latest from charge c
                      where c.subject_id = any (o.ids) and c.member_id = p_member group by c.product) x), '{}'::json)::text,
         coalesce((select json_agg(json_build_array(c.consent_id, c.purpose, c.starts_on, c.ends_on, e.consent_id is not null,
                     c.is_one_time,
                     c.is_one_time and exists (select from inquiry q where q.subject_id = any (ever_linked(c.subject_id))
                                                and q.consent_id = c.consent_id and q.outcome = 'answered'),
                     encode(c.leaf_hash, 'hex'), c.products, c.purpose_version,
                     c.collector = 'subject' or c.document_hash is not null
                       or exists (select from consent_confirmed f
                                   where f.subject_id = c.subject_id and f.consent_id = c.consent_id)) order by c.consent_id)
                   from consent c left join consent_end e using (subject_id, consent_id)
                  where c.subject_id = any (o.ids) and c.member_id = p_member), '[]'::json)::text,
         file_of(o.ids, p_now), bureau.has_running_account(o.ids, p_member), bureau.standing(o.ids, p_member)
    from holder o
    join subject s on s.subject_id = o.ids[1]
    join label_head h on h.subject_id = o.ids[1]
   order by s.subject_id;
end $$;

-- As before; an answer is recorded only while all that its decision rested on still stands, and rests on a consent or on a
-- document, which is kept with it.
drop function record_inquiry(uuid, uuid, text, text, bytea, timestamptz, text, text, text, timestamptz, text, text, uuid, text,
                             bytea, bytea, bytea, text, bytea, bigint, text, int, bigint, text, bigint, text);
create function record_inquiry(
  p_subject uuid, p_inquiry uuid, p_member text, p_key text, p_request_hash bytea, p_expires timestamptz,
  p_purpose text, p_product text, p_actor_user text, p_at timestamptz, p_outcome text, p_refusal text, p_consent uuid,
  p_key_kind text, p_sealed bytea, p_leaf bytea, p_entry bytea, p_event_kind text, p_event_sealed bytea, p_seq bigint,
  p_month text, p_lane int, p_lane_seq bigint, p_rule text, p_amount bigint, p_currency text, p_standing text, p_act bytea,
  p_document bytea, p_document_sealed bytea, p_told_on date)
returns text language plpgsql security definer set search_path = bureau as $$
declare
  ids uuid[] := linked_set(p_subject, 'infinity');
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
    if standing(ids, p_member) is distinct from p_standing then
      raise exception 'links, freeze, death or the running account changed' using errcode = 'OB003';
    end if;
    if not exists (select from act a where a.act_hash = p_act and not exists (select from act b where b.act_no > a.act_no)) then
      raise exception 'another act is in force' using errcode = 'OB003';
    end if;
    if p_document is null then
      perform from consent c left join consent_end e using (subject_id, consent_id)
        where c.subject_id = any (ids) and c.consent_id = p_consent and c.member_id = p_member and e.consent_id is null
          and (c.collector = 'subject' or c.document_hash is not null
               or exists (select from consent_confirmed f
                           where f.subject_id = c.subject_id and f.consent_id = c.consent_id));
      if not found then
        raise exception 'the consent ended, or is not confirmed' using errcode = 'OB003';
      end if;
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

-- As before; with the document that was shown, where one was.
drop function record_unmatched(uuid, text, text, bytea, timestamptz, text, text, text, timestamptz, text, bytea, bytea, bytea,
                               text, bytea);
create function record_unmatched(
  p_inquiry uuid, p_member text, p_key text, p_request_hash bytea, p_expires timestamptz, p_purpose text, p_product text,
  p_actor_user text, p_at timestamptz, p_refusal text, p_sealed bytea, p_leaf bytea, p_entry bytea, p_event_kind text,
  p_event_sealed bytea, p_document bytea, p_document_sealed bytea)
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
  if p_document is not null then
    insert into inquiry_document values ('00000000-0000-0000-0000-000000000000', p_inquiry, p_document, p_document_sealed,
                                         'bureau', null);
  end if;
  insert into event values ('00000000-0000-0000-0000-000000000000', p_leaf, p_event_kind, p_at, 0, p_member, 'bureau',
                            p_event_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_inquiry, p_entry, p_at);
  return 'recorded';
end $$;

revoke execute on all functions in schema bureau from public;
grant execute on function facts, record_inquiry, record_unmatched to openbureau_api;
