-- A charge names its product, so that the repeat window counts for each product by itself; a consent says what it covers.
set local role openbureau_owner;
set local search_path = bureau;

alter table charge add column product text not null default 'report';

-- `products`: what may be disclosed (a report covers all that is less); `purpose_version`: the wording that was agreed to;
-- `collector`: who took the consent, the person or a member; `document_hash`: SHA-256 of the written original, where one
-- is kept by the collector; `artefact_sealed`: the artefact with its signature, under the person's key.
alter table consent
  add column products text[] not null default '{report}',
  add column purpose_version int not null default 1,
  add column collector text not null default 'subject',
  add column document_hash bytea,
  add column artefact_sealed bytea;

-- The person's own word on a consent that somebody else took.  One given by the person needs none.
create table consent_confirmed (
  subject_id uuid not null,
  consent_id uuid not null,
  method text not null,
  confirmed_at timestamptz not null,
  leaf_hash bytea not null,
  primary key (subject_id, consent_id)
);
create trigger append_only before update or delete or truncate on consent_confirmed
  for each statement execute function refuse_change();
grant select on consent_confirmed to openbureau_api, openbureau_auditor;

-- As before; the last day of a charge for each product.
drop function facts(text, text, bytea, bytea, text, int, timestamptz);
create function facts(p_member text, p_id_kind text, p_blind bytea, p_name_blind bytea, p_month text, p_lane int,
                                 p_now timestamptz)
returns table (subject_id uuid, kind text, name_agrees boolean, is_frozen boolean, is_deceased boolean, adult_on date,
               synthetic boolean, wrapped_key bytea, identity_sealed bytea, label bytea, seq bigint, head bytea,
               lane_seq bigint, last_charged text, consents text, file text)
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
                     encode(c.leaf_hash, 'hex')) order by c.consent_id)
                   from consent c left join consent_end e using (subject_id, consent_id)
                  where c.subject_id = any (o.ids) and c.member_id = p_member), '[]'::json)::text,
         file_of(o.ids, p_now)
    from holder o
    join subject s on s.subject_id = o.ids[1]
    join label_head h on h.subject_id = o.ids[1]
   order by s.subject_id;
end $$;

-- As before; the charge names its product.
create or replace function record_inquiry(
  p_subject uuid, p_inquiry uuid, p_member text, p_key text, p_request_hash bytea, p_expires timestamptz,
  p_purpose text, p_product text, p_actor_user text, p_at timestamptz, p_outcome text, p_refusal text, p_consent uuid,
  p_key_kind text, p_sealed bytea, p_leaf bytea, p_entry bytea, p_event_kind text, p_event_sealed bytea, p_seq bigint,
  p_month text, p_lane int, p_lane_seq bigint, p_rule text, p_amount bigint, p_currency text)
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
    perform from consent c left join consent_end e using (subject_id, consent_id)
      where c.subject_id = any (ids) and c.consent_id = p_consent and c.member_id = p_member and e.consent_id is null;
    if not found or exists (select from subject s where s.subject_id = any (ids) and s.is_frozen) then
      raise exception 'the consent or the freeze changed' using errcode = case when cardinality(ids) > 1 then 'OB003' else 'OB002' end;
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
  insert into event values (p_subject, p_leaf, p_event_kind, p_at, p_seq, p_member, p_key_kind, p_event_sealed);
  insert into leaf_pending (leaf_id, entry, made_at) values (p_inquiry, p_entry, p_at);
  insert into notice values (p_subject, p_inquiry, p_event_kind, p_leaf, p_at);
  return 'recorded';
end $$;

revoke execute on all functions in schema bureau from public;
grant execute on function facts to openbureau_api;
