"""How does a lender's terminal ask?  Standard library for the way there; with a member's key, `openbureau[client]` to sign."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

SECONDS = 60
JWKS = "/.well-known/jwks.json"


def ask(url: str, body: bytes, *, token: str, key: str) -> tuple[int, Any]:
    """Send one inquiry; the status and the decoded answer or problem.  The same `key` again gives the same answer."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
    status, _, content = send("POST", f"{_address(url)}/v1/inquiries", headers, body=body)
    return status, _decoded(status, content)


def ask_signed(url: str, body: bytes, *, key_file: Path, key: str, bureau_kid: str | None = None) -> tuple[int, Any]:
    """The same as a live bureau asks for it: signed in with a member's key, signed, and the answer's signature checked.

    `bureau_kid` pins the bureau's response key by its thumbprint; without it the key that the address shows is taken.
    `AnswerRefused` where the bureau did not sign this answer to this request.
    """
    from openbureau.client_sign import (
        check_answer,
        load_member_key,
        new_proof_key,
        read_bureau_key,
        sign_request,
        token_request,
    )

    address, proof = _address(url), new_proof_key()
    try:
        member = load_member_key(key_file)
        bureau_key = read_bureau_key(send("GET", address + JWKS, {})[2], bureau_kid)
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise OSError(f"{key_file} and the keys of {address} do not serve: {trouble}; nothing was asked") from None
    wished = token_request(member, proof, issuer=address, scope="inquire")
    status, _, content = send(wished.method, wished.url, dict(wished.headers), body=wished.body)
    given = _decoded(status, content)
    if status != 200:
        return status, given
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    sent = sign_request(
        member, given["access_token"], "POST",
        url=f"{address}/v1/inquiries", proof_key=proof, headers=headers, body=body,
    )  # fmt: skip
    status, told, content = send(sent.method, sent.url, dict(sent.headers), body=sent.body)
    check_answer(bureau_key, sent, status=status, headers=told, body=content)
    return status, _decoded(status, content)


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise OSError(f"{url!r} is no address of a bureau; write http://host:port")
    return url.rstrip("/")


def send(
    method: str, url: str, headers: dict[str, str], *, body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer, whatever the status."""
    request = urllib.request.Request(url, data=body, headers=headers, method=method)  # noqa: S310  (checked above)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as trouble:
        return trouble.code, dict(trouble.headers), trouble.read()


def _decoded(status: int, content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return {"title": "not JSON", "status": status}
