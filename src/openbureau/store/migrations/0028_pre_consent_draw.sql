-- Who drew which originals of consents, by which seed, from which span: with these anybody who holds the consents repeats the
-- draw.  A draw that asked for nothing stands here, too.
set local role openbureau_owner;
set local search_path = bureau;

create table consent_draw (
  draw_id uuid primary key,
  seed text not null,
  most int not null check (most > 0),
  first_on date not null,
  last_on date not null check (last_on >= first_on),
  of_total int not null,
  asked int not null,
  drawn_at timestamptz not null,
  drawn_by text not null
);
create trigger append_only before update or delete or truncate on consent_draw
  for each statement execute function refuse_change();
alter table consent_draw enable row level security;
alter table consent_draw force row level security;
create policy everything on consent_draw to openbureau_owner, openbureau_auditor using (true) with check (true);
grant select, insert on consent_draw to openbureau_auditor;
