"""Read what others serve: the only place where the watcher opens a connection, with the standard library alone."""

import urllib.error
import urllib.request

from openbureau.watch.verdict import Trouble, missing

SECONDS = 20


def fetch(address: str, *, most: int) -> bytes:
    """The bytes at an http(s) address; `Trouble` (missing) where nobody answers or nothing is there."""
    if not address.startswith(("http://", "https://")):
        raise Trouble(address, "is no http address", "不是 http 地址")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310  (the scheme was checked above)
            content: bytes = answer.read(most + 1)
    except (OSError, ValueError) as trouble:  # HTTPError and URLError are OSErrors
        status = f" ({trouble.code})" if isinstance(trouble, urllib.error.HTTPError) else ""
        raise missing(address, f"does not answer{status}", "没有答复") from None
    if len(content) > most:
        raise Trouble(address, f"is larger than {most} bytes", f"大于 {most} 字节")
    return content
