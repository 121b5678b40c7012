"""Inquiries per second, durable, over HTTP, beside PostgreSQL doing the same reads and writes alone.

The ceiling is pgbench running one prepared function that, for a random person, does what the three calls do (admit, facts
with the whole file, one recording transaction with the same rows of the same sizes) and returns the file: one round trip,
one commit.  Server, client and database share the machine in both runs.  Prints one JSON line a measurement.
"""

import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sandbox import Sandbox, machine, median, percentile, quick, sandbox, tell

from openbureau.client_sign import MemberKey, ProofKey, load_member_key, new_proof_key, sign_request, token_request
from openbureau.core import permit
from openbureau.core.sign_in.covered import answer_components
from openbureau.core.sign_in.message import (
    RESPONSE_TAG,
    Message,
    body_digest,
    field_map,
    render_parameters,
    sign_message,
)
from openbureau.core.sign_in.request import Shown
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.inquiry import answer as page
from openbureau.jobs.inquiry import contents, recording
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.member import recognise
from openbureau.jobs.member.token import Issued, TokenWish, give_token
from openbureau.store.launcher import wheel_binaries
from openbureau.store.subject import subject_of_identifier

Figures = dict[str, float]
HERE = "http://127.0.0.1"
URL = f"{HERE}/v1/inquiries"
CLIENTS = (1, 8, 32)
SECONDS = 3 if quick() else 12
PEOPLE = 400 if quick() else 4000
PURPOSE = "loan-approval"
WAYS = ("ahead", "signed", "token")
"""Signed before the clock starts; signed and checked as a lender's program does; the sandbox's bare token."""
CEILING = """
create schema bench;
create table bench.person (n int primary key, id_blind bytea, name_blind bytea, subject_id uuid, consent_id uuid);
create sequence bench.number cache 100;
create function bench.inquiry(p_n int, p_token bytea, p_sealed int, p_event int) returns text
language plpgsql security definer set search_path = bureau, bench as $$
declare
  a record; f record; p record; k text := 'b-' || nextval('bench.number'); leaf bytea; lane int := floor(random() * 256);
  moment timestamptz := clock_timestamp(); bill text := to_char(clock_timestamp(), 'YYYY-MM');
begin
  leaf := sha256(k::bytea);
  select * into p from bench.person where n = p_n;
  select * into a from admit(p_token, k, leaf, moment, null, null, array['proof', 'nonce'], array[leaf, leaf],
    moment + interval '3 minutes');
  for attempt in 1..20 loop
    select * into f from facts(a.member_id, 'cn-id', p.id_blind, p.name_blind, bill, lane, moment);
    begin
      perform record_inquiry(f.subject_id, gen_random_uuid(), a.member_id, k, leaf, moment + interval '3 days',
        'loan-approval', 'report', 'desk', moment, 'answered', null, p.consent_id, 'person',
        decode(repeat('5a', p_sealed), 'hex'), leaf, 'bureau-log/v1 event 012345678901234567890123456789012345678901234',
        'inquiry', decode(repeat('5a', p_event), 'hex'), f.seq + 1, bill, lane, f.lane_seq + 1, 'fee.crc.personal',
        case when f.last_charged = '{}' then 100 else 0 end, 'CNY', f.standing, (select act_hash from bureau.act), null, null,
        null);
      return f.file;
    exception when sqlstate 'OB003' then
      null;
    end;
  end loop;
  raise exception 'the chain kept moving';
end $$;
"""


def agree(held: Sandbox, lender: str) -> list[dict[str, str]]:
    """Consents of everybody with a file; what a request about each says."""
    bureau = held.bureau
    asked = []
    for person in held.country.people:
        blind = bureau.id_blind("cn-id", person.id_number)
        with bureau.store.connection("loader") as connection:
            subject_id = subject_of_identifier(connection, "cn-id", blind)
        if subject_id is None or person.case == "minor":
            continue
        give_consent(bureau, subject_id, member_id=lender, purpose=PURPOSE)
        asked.append({"id_kind": "cn-id", "id_number": person.id_number, "name": person.name, "subject_id": subject_id})
    return asked


def ceiling(held: Sandbox, lender: str, asked: list[dict[str, str]], sizes: tuple[int, int]) -> dict[int, Figures]:
    """pgbench with 1, 8 and 32 clients."""
    bureau = held.bureau
    from openbureau.core.subject import normalize_name

    with psycopg.connect(held.url) as connection:
        connection.execute(CEILING)
        with connection.cursor().copy("copy bench.person from stdin") as copy:
            for n, one in enumerate(asked, 1):
                consent = connection_consent(held, one["subject_id"], lender)
                copy.write_row(
                    (
                        n,
                        "\\x" + bureau.id_blind("cn-id", one["id_number"]).hex(),
                        "\\x" + bureau.name_blind(one["id_number"], normalize_name(one["name"])).hex(),
                        one["subject_id"],
                        consent,
                    )
                )
    import hashlib

    token = hashlib.sha256(held.tokens[lender].encode()).hexdigest()
    script = held.settings.home / "ceiling.sql"
    script.write_text(
        f"\\set n random(1, {len(asked)})\nselect bench.inquiry(:n, '\\x{token}'::bytea, {sizes[0]}, {sizes[1]});\n"
    )
    script.chmod(0o644)
    parts = psycopg.conninfo.conninfo_to_dict(held.url)
    found = {}
    for clients in CLIENTS:
        log = held.settings.home / f"log{clients}"
        done = subprocess.run(
            [
                str(pgbench()),
                "-n",
                "-M",
                "prepared",
                "-f",
                str(script),
                "-c",
                str(clients),
                "-j",
                "1",
                "-T",
                str(SECONDS),
                "-h",
                str(parts["host"]),
                "-U",
                str(parts["user"]),
                "-l",
                "--log-prefix",
                str(log),
                str(parts["dbname"]),
            ],
            env=os.environ | {"PGPASSWORD": str(parts["password"])},
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if done.returncode:
            raise SystemExit(f"pgbench with {clients} clients: {done.stderr[-2000:]}")
        latencies = [
            int(line.split()[2]) / 1000
            for path in Path(held.settings.home).glob(f"log{clients}.*")
            for line in path.read_text().splitlines()
        ]
        assert "number of failed transactions: 0" in done.stdout, done.stdout
        tps = float(done.stdout.split("tps = ")[1].split()[0])
        found[clients] = {"per_second": tps, "p50_ms": median(latencies), "p99_ms": percentile(latencies, 0.99)}
    return found


def connection_consent(held: Sandbox, subject_id: str, lender: str) -> str:
    """The consent that everybody gave."""
    from openbureau.jobs.consent.withdraw import consents

    return next(one.consent_id for one in consents(held.bureau, subject_id) if one.member_id == lender)


def pgbench() -> Path:
    """The wheel's own, of the same version as the server."""
    return wheel_binaries() / "pgbench"


def over_http(held: Sandbox, lender: str, asked: list[dict[str, str]], *, clients: int, port: int, way: str) -> Figures:
    """Clients in one other process (bench/inquiry_clients.py)."""
    job = held.settings.home / "job.json"
    told = {
        "asked": asked, "token": held.tokens[lender], "key_file": str(held.settings.home / "members" / f"{lender}.key"),
        "port": port, "clients": clients, "seconds": SECONDS, "way": way,
    }  # fmt: skip
    job.write_text(json.dumps(told))
    script = Path(__file__).with_name("inquiry_clients.py")
    done = subprocess.run([sys.executable, str(script), str(job)], capture_output=True, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found


def stages(held: Sandbox, lender: str, asked: list[dict[str, str]]) -> dict[str, float]:
    """Microseconds an inquiry in each stage, one after another in this process, with timers around the real functions."""
    spent: dict[str, float] = {}

    def timed(where: Any, name: str, stage: str) -> tuple[Any, str, Any]:
        real = getattr(where, name)

        def around(*args: Any, **words: Any) -> Any:
            begun = time.perf_counter()
            try:
                return real(*args, **words)
            finally:
                spent[stage] = spent.get(stage, 0.0) + time.perf_counter() - begun

        setattr(where, name, around)
        return where, name, real

    put = [
        timed(recognise, "prepare", "proof, form and age of the signature"),
        timed(recognise, "admit", "admit (call 1), with the ids seen once"),
        timed(recognise, "settle", "the signature under the member's keys"),
        timed(page, "facts", "facts (call 2)"),
        timed(permit, "may_ask", "may this member ask"),
        timed(permit, "decide", "decide (Cedar)"),
        timed(recording, "decode_file", "decode the file"),
        timed(contents, "score_of", "attributes and score"),
        timed(recording, "make_product", "report, with the score"),
        timed(recording, "make_receipt", "receipt and promise"),
        timed(recording, "record", "record (call 3, the commit)"),
        timed(recording, "seal", "seal the outcome"),
    ]
    rounds = 200 if quick() else 1000
    key, proof, token = signed_in(held, lender)
    total = 0.0
    for number in range(rounds):
        one: dict[str, Any] = {name: asked[number % len(asked)][name] for name in ("id_kind", "id_number", "name")}
        sent = sign_request(
            key, token, "POST", url=URL, proof_key=proof, headers={"Idempotency-Key": f"stage-{number}"}, body=b"{}"
        )
        request = InquiryRequest(
            token=token,
            idempotency_key=f"stage-{number}",
            body=b"{}",
            purpose=PURPOSE,
            actor_user="desk",
            shown=Shown(Message(field_map(sent.headers.items()), "POST", URL), "inquire"),
            **one,
        )
        begun = time.perf_counter()
        outcome = page.answer_inquiry(request, held.bureau)
        total += time.perf_counter() - begun
        assert isinstance(outcome, Answered), outcome
    for where, name, real in put:
        setattr(where, name, real)
    told = {stage: round(seconds / rounds * 1e6, 1) for stage, seconds in spent.items()}
    return told | {"whole inquiry": round(total / rounds * 1e6, 1), "sign the answer": answer_signed(rounds)}


def signed_in(held: Sandbox, lender: str) -> tuple[MemberKey, ProofKey, str]:
    """A member's key, the key its token is bound to, and the token, as the token endpoint gives it."""
    key, proof = load_member_key(held.settings.home / "members" / f"{lender}.key"), new_proof_key()
    sent = token_request(key, proof, issuer=HERE)
    form = dict(parse_qsl(sent.body.decode()))
    wish = TokenWish(
        assertion=form["client_assertion"], scope="", client_id=None, proof=sent.headers["DPoP"], certificate=None,
        issuer=HERE, url=f"{HERE}/v1/token",
    )  # fmt: skip
    granted = give_token(held.bureau, wish)
    assert isinstance(granted, Issued), granted
    return key, proof, granted.token


def answer_signed(rounds: int) -> float:
    """Microseconds to sign one answer of 6,000 bytes."""
    private = Ed25519PrivateKey.generate()
    asked = Message(field_map({"signature": "sig=:AAAA:", "content-digest": body_digest(b"{}")}.items()), "POST", URL)
    body = b"x" * 6000
    begun = time.perf_counter()
    for _ in range(rounds):
        answer = Message({"content-digest": body_digest(body)}, status=200, request=asked)
        covered = answer_components(asked.headers)
        text = render_parameters(covered, created=1, keyid="k", tag=RESPONSE_TAG)
        sign_message(answer, covered, text=text, sign=private.sign)
    return round((time.perf_counter() - begun) / rounds * 1e6, 1)


def main() -> None:
    """Ceiling, stages, HTTP."""
    lender = "bank-chengxin"
    with sandbox(people=PEOPLE, months=60) as held:
        asked = agree(held, lender)
        with psycopg.connect(held.url) as connection:
            rows = one_row(connection, "select count(*), avg(length(statuses)) from bureau.tradeline_current")
        tell(
            "inquiry.world",
            machine()
            | {
                "people": len(asked),
                "tradelines": rows[0],
                "months_each": round(float(rows[1]), 1),
                "seconds": SECONDS,
            },
        )
        tell("inquiry.stages_us", dict(stages(held, lender, asked)))
        with psycopg.connect(held.url) as connection:
            sizes = one_row(
                connection,
                "select avg(length(outcome_sealed))::int, avg(length(e.sealed))::int from bureau.inquiry q "
                "join bureau.event e using (subject_id, leaf_hash) where q.outcome = 'answered'",
            )
        # Each kind of run asks about people of its own: a file grows with every inquiry about it.
        ours, theirs = asked[::2], asked[1::2]
        found = http_runs(held, lender, ours)
        top = ceiling(held, lender, theirs, sizes)
        for clients in CLIENTS:
            tell("inquiry.ceiling", {"clients": clients} | rounded(top[clients]))
            for way in WAYS:
                ratio = found[way, clients]["per_second"] / top[clients]["per_second"]
                told = {"way": way, "clients": clients} | rounded(found[way, clients])
                tell("inquiry.http", told | {"ratio_to_ceiling": round(ratio, 3)})


def http_runs(held: Sandbox, lender: str, asked: list[dict[str, str]]) -> dict[tuple[str, int], Figures]:
    """A server process as `openbureau serve` starts it, asked by 1, 8 and 32 clients; its log is signed meanwhile."""
    port = free_port()
    env = os.environ | {"OPENBUREAU_HOME": str(held.settings.home)}
    server = subprocess.Popen([sys.executable, "-m", "openbureau", "serve", "--port", str(port)], env=env)
    try:
        wait_for(port)
        return {
            (way, clients): over_http(held, lender, asked, clients=clients, port=port, way=way)
            for way in WAYS
            for clients in CLIENTS
        }
    finally:
        server.terminate()
        server.wait()


def one_row(connection: "psycopg.Connection[Any]", statement: str) -> Any:
    """The only row of a statement."""
    return connection.execute(statement.encode()).fetchone()


def rounded(found: Figures) -> dict[str, object]:
    """Figures as they are told."""
    return {name: round(value, 2) for name, value in found.items()}


def free_port() -> int:
    """A port nobody uses."""
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int) -> None:
    """Until the server is ready."""
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
