-- What a person may see of themselves and no lender may: use of platforms and business activity, over the linked set, the
-- newest version of each month.  A function of its own, so that nothing on an inquiry's way reads these tables.
set local role openbureau_owner;
set local search_path = bureau;

create function own_activity(p_subject uuid) returns text
language plpgsql stable security definer set search_path = bureau as $$
declare
  ids uuid[] := linked_set(p_subject, 'infinity');
begin
  return json_build_object(
    'u', (select json_agg(json_build_array(u.furnisher_id, u.service, u.month, u.active_band, u.spend_band, u.bills,
                   u.bills_late, u.overdue_fen, u.adverse_notified_on, u.consent_given_on, u.notice_on)
                   order by u.furnisher_id, u.service, u.month desc, u.subject_id)
          from (select distinct on (x.subject_id, x.furnisher_id, x.service, x.month) x.* from platform_use_fact x
                 where x.subject_id = any (ids)
                 order by x.subject_id, x.furnisher_id, x.service, x.month, x.known_at desc) u),
    'b', (select json_agg(json_build_array(b.furnisher_id, b.month, b.trader_kind, b.turnover_fen, b.refund_fen, b.orders,
                   b.customers, b.active_days, b.largest_bp, b.penalties, b.consent_given_on, b.notice_on)
                   order by b.furnisher_id, b.month desc, b.subject_id)
          from (select distinct on (x.subject_id, x.furnisher_id, x.month) x.* from business_fact x
                 where x.subject_id = any (ids)
                 order by x.subject_id, x.furnisher_id, x.month, x.known_at desc) b));
end $$;

revoke execute on function own_activity from public;
grant execute on function own_activity to openbureau_api;
