-- The doors: sandbox accounts with roles, uploads in pieces, and which receipt came of what arrived.
set local role openbureau_owner;
set local search_path = bureau;

-- Sandbox only: staff of the bureau, by role.
create table sandbox_staff (
  handle text primary key,
  role text not null check (role in ('regulator', 'reviewer')),
  secret_hash bytea not null
);

-- Sandbox only: the desk of a member.
create table sandbox_desk (
  handle text primary key,
  member_id text not null,
  secret_hash bytea not null
);

-- A file that comes in pieces.  What its sender promised of it is sealed; it is gone once received, or when its term ends.
create table upload (
  upload_id uuid primary key,
  member_id text not null,
  size bigint not null check (size > 0),
  promised_sealed bytea not null,
  wrapped_key bytea not null,
  begun_at timestamptz not null,
  expires_at timestamptz not null,
  held bigint not null default 0 check (held between 0 and size),
  pieces int not null default 0
);
create index upload_of on upload (member_id, begun_at desc);

create table upload_piece (
  upload_id uuid not null references upload on delete cascade,
  piece_no int not null,
  sealed bytea not null,
  primary key (upload_id, piece_no)
);
alter table upload_piece alter column sealed set storage external;

-- What arrived at a door and the one receipt that came of it: written in the transaction of the receipt.
create table arrival (
  member_id text not null,
  arrival_key bytea not null,
  receipt_id uuid not null unique,
  door text not null check (door in ('upload', 'drop', 'records', 'file')),
  content_key bytea,
  primary key (member_id, arrival_key)
);

grant select on sandbox_staff, sandbox_desk to openbureau_api;
grant select, insert on sandbox_staff, sandbox_desk to openbureau_loader;
grant select, insert, update, delete on upload, upload_piece to openbureau_loader;
grant select, insert on arrival to openbureau_loader;
