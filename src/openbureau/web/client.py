"""How does a lender's terminal ask?  Standard library only: the base install can do it."""

import json
import urllib.error
import urllib.request
from typing import Any

SECONDS = 60


def ask(url: str, body: bytes, *, token: str, key: str) -> tuple[int, Any]:
    """Send one inquiry; the status and the decoded answer or problem.  The same `key` again gives the same answer."""
    if not url.startswith(("http://", "https://")):
        raise OSError(f"{url!r} is no address of a bureau; write http://host:port")
    request = urllib.request.Request(  # noqa: S310  (the scheme was checked above)
        f"{url.rstrip('/')}/v1/inquiries",
        data=body,
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as trouble:
        content = trouble.read()
        try:
            return trouble.code, json.loads(content)
        except ValueError:
            return trouble.code, {"title": trouble.reason, "status": trouble.code}
