"""Bring pip to a Python that came without it: from the package index that pip itself would use, checked by its hash.

The version and its hashes stand in `tools/requirements.txt`.  Honoured: `PIP_INDEX_URL`, `PIP_EXTRA_INDEX_URL`,
`PIP_FIND_LINKS`, `PIP_CERT`, pip's configuration files, the proxy variables.  Nothing is run before its hash is right.
"""

import base64
import configparser
import hashlib
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

PYPI = "https://pypi.org/simple"
TIMEOUT_SECONDS = 60


class NotFetched(Exception):
    """No source had the wheel with the right hash; the message says where was looked."""


def pinned(requirements: str) -> tuple[str, frozenset[str]]:
    """Version and SHA-256 hashes of pip in a requirements file; `NotFetched` when it is not in it."""
    found = re.search(r"^pip==([0-9][0-9a-z.]*)((?:[^\n]*\\\n)*[^\n]*)", requirements, re.MULTILINE)
    if found is None:
        raise NotFetched("tools/requirements.txt does not name pip")
    return found[1], frozenset(re.findall(r"sha256:([0-9a-f]{64})", found[2]))


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    """pip's settings `index-url`, `extra-index-url`, `find-links`, `cert`: files first, then the environment."""
    home = Path(environ.get("HOME", "/nonexistent"))
    files = [
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        Path(environ.get("XDG_CONFIG_HOME", str(home / ".config"))) / "pip" / "pip.conf",
        Path(environ.get("PIP_CONFIG_FILE", "/dev/null")),
    ]
    found: dict[str, str] = {}
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, "utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found.update(parser.items(section))
    for name in ("index-url", "extra-index-url", "find-links", "cert"):
        value = environ.get("PIP_" + name.upper().replace("-", "_"))
        if value:
            found[name] = value
    return found


class _Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def places(held: Mapping[str, str]) -> list[str]:
    """Pages or folders that may link to the wheel, in order."""
    indexes = [held.get("index-url", PYPI), *held.get("extra-index-url", "").split()]
    return [index.rstrip("/") + "/pip/" for index in indexes] + held.get("find-links", "").split()


def links(place: str, context: ssl.SSLContext) -> list[str]:
    """What a page or a folder links to, as whole addresses; `OSError` when it cannot be read."""
    folder = Path(unquote(urlsplit(place).path)) if place.startswith("file:") else Path(place)
    if "://" not in place or place.startswith("file:"):
        if folder.is_dir() and not (folder / "index.html").exists():
            return [path.as_uri() for path in folder.iterdir()]
        place = (folder / "index.html" if folder.is_dir() else folder).absolute().as_uri()
    page = _Links()
    page.feed(_read(place, context).decode("utf-8", "replace"))
    return [urljoin(place, link) for link in page.found]


def _read(address: str, context: ssl.SSLContext) -> bytes:
    """The bytes at an address; name and password in it become a header."""
    parts = urlsplit(address)
    headers = {"User-Agent": "openbureau-setup", "Accept": "text/html, */*"}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context) as answer:
        return bytes(answer.read())


def fetch_pip(requirements: str, folder: Path, environ: Mapping[str, str]) -> Path:
    """Fetch pip's wheel into a folder, checked; its path.  `NotFetched` when no source has it."""
    version, hashes = pinned(requirements)
    name = f"pip-{version}-py3-none-any.whl"
    held = settings(environ)
    context = ssl.create_default_context(cafile=held.get("cert") or None)
    troubles = []
    for place in places(held):
        shown = urlunsplit(urlsplit(place)._replace(netloc=urlsplit(place).netloc.rpartition("@")[2]))
        try:
            for link in links(place, context):
                if unquote(urlsplit(link).path).rpartition("/")[2] != name:
                    continue
                data = _read(urlsplit(link)._replace(fragment="").geturl(), context)
                if hashlib.sha256(data).hexdigest() in hashes:
                    (folder / name).write_bytes(data)
                    return folder / name
                troubles.append(f"{shown} has another {name} than the lock names")
        except (OSError, urllib.error.URLError, ValueError) as trouble:
            troubles.append(f"{shown}: {trouble}")
    raise NotFetched(f"{name} could not be fetched ({'; '.join(troubles) or 'no source has it'})")
