"""A member's machine, for tests: signs in, signs what it sends, checks what it is answered."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import msgspec

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
from web.visitor import Client
from world import PEOPLE, Person, World

URL = "http://testserver.local"


def key_of(world: World, member_id: str = "bank-alpha") -> MemberKey:
    """The key that the founding of a sandbox left for whoever plays the member."""
    return load_member_key(Path(world.bureau.settings.home) / "members" / f"{member_id}.key")


@dataclass
class Machine:
    """A machine of a member before a running application."""

    client: Client
    world: World
    key: MemberKey
    proof_key: ProofKey
    url: str = URL
    token: str = ""

    @property
    def now(self) -> float:
        return self.world.clock.at.timestamp()

    def sign_in(self, **changes: Any) -> httpx.Response:
        """Ask for a token; keeps it where it is given."""
        sent = token_request(self.key, self.proof_key, issuer=self.url, now=self.now, **changes)
        answer = self.send(sent)
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]
        return answer

    def signed(self, method: str, path: str, *, body: bytes = b"", **changes: Any) -> Sent:
        """A request, signed."""
        values: dict[str, Any] = {"url": self.url + path, "proof_key": self.proof_key, "now": self.now, "body": body}
        return sign_request(self.key, self.token, method, **values | changes)

    def send(self, sent: Sent) -> httpx.Response:
        """Send a request exactly as it is."""
        return self.client.request(sent.method, sent.url, headers=dict(sent.headers), content=sent.body or None)

    def inquiry(self, person: Person = PEOPLE["good"], **changes: Any) -> Sent:
        """A signed inquiry, under a key of its own."""
        body = {
            "subject": {"id_kind": "cn-id", "id_number": person.id_number, "name": person.name},
            "purpose": "loan-approval",
        }
        headers = {"Idempotency-Key": os.urandom(8).hex(), "Content-Type": "application/json"}
        return self.signed("POST", "/v1/inquiries", body=msgspec.json.encode(body), headers=headers, **changes)

    def checked(self, sent: Sent) -> httpx.Response:
        """Send, and check that the bureau signed the answer to this very request."""
        answer = self.send(sent)
        bureau_key = read_bureau_key(self.client.get("/.well-known/jwks.json").content)
        check_answer(
            bureau_key, sent, status=answer.status_code, headers=answer.headers, body=answer.content, now=self.now
        )
        return answer


def machine(client: Client, world: World, member_id: str = "bank-alpha") -> Machine:
    """A machine with a fresh proof key, not signed in."""
    return Machine(client, world, key_of(world, member_id), new_proof_key())


def changed(sent: Sent, change: Callable[[dict[str, str]], None] | None = None, **values: Any) -> Sent:
    """A request with something changed after it was signed."""
    headers = dict(sent.headers)
    if change is not None:
        change(headers)
    return replace(sent, headers=headers, **values)
