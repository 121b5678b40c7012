"""To which addresses may this server speak, and how?

A member names an address, and we send there from inside our own network: so the address is looked up by us, every address it
stands for must be a public one, and the one that was checked is the one that is spoken to.  Promises: https only, no
redirect, no proxy, no user or password in the address, a short time and a small answer.  In the sandbox plain http to this
machine itself is allowed, and nothing else that is not public.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlsplit

import httpx2

from openbureau.config import LIVE

LONGEST_URL = 2000
LARGEST_ANSWER = 4 << 10
CONNECT_SECONDS = 3.0


class AddressRefused(ValueError):
    """We do not speak to this address.  `code` says why: not-https, not-an-address, has-user, not-public, not-found."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Outward:
    """An address as it was checked: where to connect, and whom to expect there."""

    url: str
    host: str
    connect: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What an address answered."""

    status: int
    headers: Mapping[str, str]


class NotHeard(OSError):
    """Nothing, nothing in time, or nothing that is HTTP came back; the message is one word without anything received."""


def checked(url: str, mode: str) -> Outward:
    """An address that may be spoken to, looked up now; `AddressRefused` where it may not."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("not-an-address") from None
    host = parts.hostname or ""
    is_spelt = url.isascii() and url.isprintable() and len(url) <= LONGEST_URL and " " not in url and "\\" not in url
    if not is_spelt or not host or parts.fragment or parts.scheme not in {"http", "https"}:
        raise AddressRefused("not-an-address" if parts.scheme in {"http", "https"} else "not-https")
    if "@" in parts.netloc:
        raise AddressRefused("has-user")
    found = _looked_up(host, port or (443 if parts.scheme == "https" else 80))
    is_own = mode != LIVE and all(one.is_loopback for one in found)
    if parts.scheme == "http" and not is_own:
        raise AddressRefused("not-https")
    if not is_own and not all(is_public(one) for one in found):
        raise AddressRefused("not-public")
    return Outward(url, parts.netloc, _at(parts, found[0], port))


def _looked_up(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused("not-found") from None
    return [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Is it on the open internet?  An IPv4 address in an IPv6 one counts as itself."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None:
        return is_public(inner)
    if getattr(address, "teredo", None) is not None or address in _NAT64:
        return False
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _at(parts: SplitResult, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int | None) -> str:
    """The same address with the number in place of the name."""
    number = f"[{address}]" if address.version == 6 else str(address)
    place = f"{number}:{port}" if port is not None else number
    return parts._replace(netloc=place).geturl()


def speak(
    method: Literal["POST", "OPTIONS"], to: Outward, *, headers: Mapping[str, str], content: bytes = b"", seconds: float,
) -> Heard:  # fmt: skip
    """One request and the head of its answer; `NotHeard` where none came in time.  The certificate must be the name's."""
    until = time.monotonic() + seconds
    name = urlsplit(to.url).hostname or ""
    try:
        with (
            httpx2.Client(
                timeout=httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)), trust_env=False, verify=True,
                follow_redirects=False, http2=False,
            ) as client,
            client.stream(
                method, to.connect, content=content, headers={**headers, "Host": to.host, "Accept-Encoding": "identity"},
                extensions={"sni_hostname": name},
            ) as answer,
        ):  # fmt: skip
            size = 0
            for piece in answer.iter_raw():
                size += len(piece)
                if size > LARGEST_ANSWER or time.monotonic() > until:
                    break
            return Heard(answer.status_code, {key.lower(): value for key, value in answer.headers.items()})
    except httpx2.TimeoutException:
        raise NotHeard("too-slow") from None
    except httpx2.HTTPError as trouble:
        raise NotHeard("no-connection" if isinstance(trouble, httpx2.NetworkError) else "not-http") from None
    except (OSError, ValueError):
        raise NotHeard("no-connection") from None
