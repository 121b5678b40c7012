"""What must the signature of a member's request, and of our answer to it, cover?

One list for both sides: the bureau asks for it, `client_sign` signs it, so that they cannot differ.
"""

from collections.abc import Mapping

ALWAYS = ("@method", "@target-uri", "authorization")
WHERE_SENT = ("content-digest", "dpop", "idempotency-key", "content-range", "content-encoding")
"""Fields that change what a request means; whoever sends one signs it."""
OF_REQUEST = ("content-digest", "signature")


def request_components(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The components of a request's signature.  A body cannot be sent without its digest, and so not without cover."""
    return (*ALWAYS, *(name for name in WHERE_SENT if name in headers))


def answer_components(asked: Mapping[str, str]) -> tuple[str, ...]:
    """The components of an answer's signature: itself, and the request it answers (its headers are `asked`)."""
    bound = (f"{name};req" for name in OF_REQUEST if name in asked)
    return ("@status", "content-digest", "@method;req", "@target-uri;req", *bound)
