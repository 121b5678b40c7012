"""Clients of the inquiry's measurement, in a process of their own: members that sign in and sign what they send.

Each client has one connection that it keeps.  `way` tells what it does: `ahead` signs its requests before the clock starts (the
server's work alone is on the clock; a signature is good for a minute), `signed` signs each as it goes and checks the bureau's
signature on each answer, as a lender's program does, `token` sends the sandbox's bare token.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import median, percentile

from openbureau.client_sign import (
    MemberKey,
    ProofKey,
    Sent,
    check_answer,
    load_member_key,
    new_proof_key,
    read_bureau_key,
    sign_request,
    token_request,
)

PURPOSE = "loan-approval"
AHEAD_SECONDS = 30
"""Requests signed ahead are for at most so long a run: they have to be fresh when they are sent."""
AHEAD_MOST = 12_000


@dataclass
class Told:
    """What the measurement told this process."""

    asked: list[dict[str, str]]
    token: str
    key_file: str
    port: int
    clients: int
    seconds: float
    way: str

    @property
    def url(self) -> str:
        """Where inquiries go."""
        return f"http://127.0.0.1:{self.port}/v1/inquiries"


class Asker:
    """Makes requests, each about the next person under a key of its own."""

    def __init__(self, told: Told, number: int, signed_in: "SignedIn") -> None:
        self._told, self._number, self._signed_in = told, number, signed_in
        self._at, self._count = number * 131, 0

    def next(self) -> Sent:
        """The next request."""
        one = self._told.asked[self._at % len(self._told.asked)]
        body = {
            "subject": {name: one[name] for name in ("id_kind", "id_number", "name")},
            "purpose": PURPOSE, "actor_user": f"desk-{self._number}",
        }  # fmt: skip
        self._at, self._count = self._at + 7, self._count + 1
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": f"{self._told.way}-{self._told.port}-{self._told.clients}-{self._number}-{self._count}",
        }
        if self._told.way == "token":
            return Sent("POST", self._told.url, headers | {"Authorization": f"Bearer {self._told.token}"}, content)
        held = self._signed_in
        return sign_request(
            held.key, held.token, "POST", url=self._told.url, proof_key=held.proof, headers=headers, body=content
        )


@dataclass
class SignedIn:
    """A member that has signed in."""

    key: MemberKey
    proof: ProofKey
    token: str
    bureau: bytes


def sign_in(told: Told) -> SignedIn:
    """Through the token endpoint, as any lender."""
    key, proof = load_member_key(Path(told.key_file)), new_proof_key()
    connection = http.client.HTTPConnection("127.0.0.1", told.port)
    sent = token_request(key, proof, issuer=f"http://127.0.0.1:{told.port}")
    connection.request(sent.method, "/v1/token", sent.body, dict(sent.headers))
    answer = json.load(connection.getresponse())
    connection.request("GET", "/.well-known/oauth-authorization-server")
    place = json.load(connection.getresponse())["jwks_uri"]
    connection.request("GET", place.partition(f":{told.port}")[2])
    return SignedIn(key, proof, answer["access_token"], read_bureau_key(connection.getresponse().read()))


def run(told: Told) -> dict[str, float]:
    """All clients at once; how many a second, and how long each took."""
    signed_in = sign_in(told)
    askers = [Asker(told, number, signed_in) for number in range(told.clients)]
    each = min(AHEAD_MOST, int(told.seconds * 700)) // told.clients
    ready = [list(signed(asker, each, told)) for asker in askers]
    latencies: list[float] = []
    failures: list[int] = []
    begun = time.perf_counter()

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", told.port)
        waiting = iter(ready[number])
        while time.perf_counter() < begun + told.seconds:
            started = time.perf_counter()
            sent = next(waiting, None) if ready[number] else askers[number].next()
            if sent is None:
                return
            connection.request(sent.method, "/v1/inquiries", sent.body, dict(sent.headers))
            answer = connection.getresponse()
            content = answer.read()
            if told.way == "signed":
                check_answer(
                    signed_in.bureau, sent, status=answer.status, headers=dict(answer.getheaders()), body=content
                )
            latencies.append(time.perf_counter() - started)
            if answer.status != 200:
                failures.append(answer.status)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(told.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - begun
    return {
        "per_second": len(latencies) / spent,
        "p50_ms": median(latencies) * 1000,
        "p99_ms": percentile(latencies, 0.99) * 1000,
        "failures": len(failures),
    }


def signed(asker: Asker, count: int, told: Told) -> Iterator[Sent]:
    """Requests made before the clock starts; none where each is made as it goes."""
    stop = time.perf_counter() + AHEAD_SECONDS / told.clients
    while told.way != "signed" and count and time.perf_counter() < stop:
        count -= 1
        yield asker.next()


def main(job: Path) -> None:
    """One run, told in a file, answered on standard output."""
    told: dict[str, Any] = json.loads(job.read_text())
    print(json.dumps(run(Told(**told))))


if __name__ == "__main__" and len(sys.argv) == 2:
    main(Path(sys.argv[1]))
