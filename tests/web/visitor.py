"""Somebody with a browser, for tests: keeps cookies, reads forms, signs in."""

import re
from typing import Any

import httpx
from litestar.testing import TestClient

from world import CODE, Person, World

Client = TestClient[Any]
PAGE = {"Accept": "text/html"}
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def form_token(page: httpx.Response) -> str:
    """The token of the first form of a page."""
    found = TOKEN.search(page.text)
    assert found is not None, page.text[:500]
    return found.group(1)


def sign_in(client: Client, person: Person, *, code: str = CODE, after: str = "/me/report") -> httpx.Response:
    """Go through the form as a person would; the answer to the form."""
    page = client.get("/sign-in", headers=PAGE)
    form = {"token": form_token(page), "handle": person.handle, "code": code, "next": after}
    return client.post("/sign-in", data=form, headers=PAGE, follow_redirects=False)


def inquiry(client: Client, world: World, person: Person, **changes: Any) -> httpx.Response:
    """A lender asks; every call has a key of its own unless one is given."""
    request = world.request(person)
    member = changes.pop("member", "bank-alpha")
    headers: dict[str, Any] = {
        "Authorization": f"Bearer {world.tokens[member]}",
        "Idempotency-Key": request.idempotency_key,
    }
    headers |= changes.pop("headers", {})
    body: dict[str, Any] = {
        "subject": {"id_kind": request.id_kind, "id_number": request.id_number, "name": request.name},
        "purpose": "loan-approval",
    }
    body |= changes.pop("body", {})
    content = changes.pop("content", None)
    headers = {name: value for name, value in headers.items() if value is not None}
    if content is not None:
        return client.post("/v1/inquiries", content=content, headers=headers)
    return client.post("/v1/inquiries", json=body, headers=headers)
