"""Where does this installation live, and where are its keys?

Settings come from the environment that is handed in, keys from a `KeyStore`.  Promises: key files are readable by their
owner only; a sandbox key is refused in live mode; the pinned hash of the founding act lies outside the database.
"""

import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Protocol

SANDBOX, LIVE = "sandbox", "live"
KEY_NAMES = ("root", "index", "event", "log", "vrf", "response", "session", "age")
KEY_SIZE = 32
Network = IPv4Network | IPv6Network
_PUBLIC = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?\Z")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}\Z")


class SettingsError(ValueError):
    """A setting is not usable; the message says which and what to write instead."""


class KeyRefused(RuntimeError):
    """A key is missing, readable by others, or of the wrong mode."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations."""

    mode: str
    home: Path
    database_url: str | None
    pg_bin: Path | None
    regime: str
    host: str
    port: int
    contact: str = ""
    """How people reach the bureau, as notices say it (PIPL Art. 17); a live installation shows no notice without it."""
    public_url: str | None = None
    """Where members reach this installation: its name as issuer of tokens, and the head of every signed address."""
    sandbox_tokens: bool = True
    """Does the sandbox take its members' tokens without proof and signature?"""
    mtls_header: str | None = None
    """The header in which a proxy hands on the client certificate it has checked (RFC 9440)."""
    mtls_proxies: tuple[Network, ...] = ()
    """Whose header is believed."""

    @property
    def keys_dir(self) -> Path:
        """Where key files lie."""
        return self.home / "keys"

    @property
    def head_file(self) -> Path:
        """The last signed head, kept outside the database."""
        return self.home / "last-checkpoint"

    @property
    def witnesses_file(self) -> Path:
        """Where each witness of the act is reached: lines of a name and an address."""
        return self.home / "witnesses"


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables named OPENBUREAU_*; `SettingsError` for an unusable one."""
    mode = environ.get("OPENBUREAU_MODE", SANDBOX)
    if mode not in {SANDBOX, LIVE}:
        raise SettingsError(f"OPENBUREAU_MODE is {mode!r}; write sandbox or live")
    home = environ.get("OPENBUREAU_HOME")
    header, proxies = _mtls(environ)
    port = environ.get("OPENBUREAU_PORT", "8420")
    if not port.isdigit() or not 0 <= int(port) < 65536:
        raise SettingsError(f"OPENBUREAU_PORT is {port!r}; write a number below 65536")
    return Settings(
        mode=mode,
        home=Path(home) if home else _default_home(environ),
        database_url=environ.get("OPENBUREAU_DATABASE_URL") or None,
        pg_bin=Path(environ["OPENBUREAU_PG_BIN"]) if environ.get("OPENBUREAU_PG_BIN") else None,
        regime=environ.get("OPENBUREAU_REGIME", "cn"),
        host=environ.get("OPENBUREAU_HOST", "127.0.0.1"),
        port=int(port),
        contact=environ.get("OPENBUREAU_CONTACT", "").strip(),
        public_url=_public_url(environ, mode),
        sandbox_tokens=_sandbox_tokens(environ, mode),
        mtls_header=header,
        mtls_proxies=proxies,
    )


def _public_url(environ: Mapping[str, str], mode: str) -> str | None:
    url = environ.get("OPENBUREAU_PUBLIC_URL")
    if url is not None and not _PUBLIC.match(url):
        raise SettingsError(f"OPENBUREAU_PUBLIC_URL is {url!r}; write scheme://host or scheme://host:port, and no path")
    if url is not None and mode == LIVE and not url.startswith("https://"):
        raise SettingsError("OPENBUREAU_PUBLIC_URL of a live installation begins with https://")
    return url


def _sandbox_tokens(environ: Mapping[str, str], mode: str) -> bool:
    word = environ.get("OPENBUREAU_SANDBOX_TOKENS")
    if word is not None and mode != SANDBOX:
        raise SettingsError("OPENBUREAU_SANDBOX_TOKENS is for the sandbox; in live every request is signed")
    if word not in {None, "yes", "no"}:
        raise SettingsError(f"OPENBUREAU_SANDBOX_TOKENS is {word!r}; write yes or no")
    return word != "no"


def _mtls(environ: Mapping[str, str]) -> tuple[str | None, tuple[Network, ...]]:
    """Header and proxies, both or neither: a header that anybody could send would be worth nothing."""
    header, named = environ.get("OPENBUREAU_MTLS_HEADER"), environ.get("OPENBUREAU_MTLS_PROXIES", "")
    if (header is None) != (not named.strip()):
        raise SettingsError("OPENBUREAU_MTLS_HEADER and OPENBUREAU_MTLS_PROXIES are set both or not at all")
    if header is not None and not _HEADER.match(header):
        raise SettingsError(f"OPENBUREAU_MTLS_HEADER is {header!r}; write the name of a header, such as Client-Cert")
    try:
        proxies = tuple(ip_network(one.strip()) for one in named.split(",") if one.strip())
    except ValueError:
        raise SettingsError(
            f"OPENBUREAU_MTLS_PROXIES is {named!r}; write addresses or networks, such as 10.0.0.5, 10.1.0.0/24"
        ) from None
    return header.lower() if header else None, proxies


def _default_home(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/openbureau")
    state = environ.get("XDG_STATE_HOME")
    return Path(state) / "openbureau" if state else Path.home() / ".local" / "state" / "openbureau"


class KeyStore(Protocol):
    """Gives keys by name."""

    def key(self, name: str, version: int | None = None) -> bytes:
        """32 bytes, of the newest version unless another is asked for; `KeyRefused` when there is no usable key."""
        ...

    def version(self, name: str) -> int:
        """The newest version of a key, as of now: 1 where it was never rotated."""
        ...

    def versions(self, name: str) -> tuple[int, ...]:
        """Every version that is held, the newest first."""
        ...


class FileKeyStore:
    """Keys as files of mode 0600, each tagged with the mode it was made for (sandbox, or an age-decrypted live folder)."""

    def __init__(self, directory: Path, mode: str) -> None:
        self._directory, self._mode = directory, mode
        self._known: dict[tuple[str, int], bytes] = {}
        self._newest: dict[str, tuple[int, str]] = {}

    def key(self, name: str, version: int | None = None) -> bytes:
        """As the protocol promises."""
        wanted = (name, version or self.version(name))
        if wanted not in self._known:
            self._known[wanted] = self._read(*wanted)
        return self._known[wanted]

    def version(self, name: str) -> int:
        """As the protocol promises: looked for at each call, so that a running process follows a rotation.

        One look at one path a call; it is put together once a version.
        """
        newest, following = self._newest.get(name) or self._look(name, 1)
        while os.path.exists(following):  # noqa: PTH110  (asked at each call; a Path costs ten times as much)
            newest, following = self._look(name, newest + 1)
        return newest

    def _look(self, name: str, least: int) -> tuple[int, str]:
        """The newest version, at least this one, and where the next one would lie."""
        newest = max((least, *self.versions(name)))
        found = (newest, str(key_file(self._directory, name, newest + 1)))
        self._newest[name] = found
        return found

    def versions(self, name: str) -> tuple[int, ...]:
        """As the protocol promises."""
        later = (path.name.split(".")[1] for path in self._directory.glob(f"{name}.*.key"))
        found = {int(number) for number in later if number.isdecimal()}
        found |= {1} if key_file(self._directory, name, 1).exists() else set()
        return tuple(sorted(found, reverse=True))

    def _read(self, name: str, version: int) -> bytes:
        path = key_file(self._directory, name, version)
        try:
            status = path.stat()
            text = path.read_text("ascii")
        except OSError as trouble:
            raise KeyRefused(
                f"no key {path.stem} in {self._directory}: {trouble.strerror}; run openbureau init"
            ) from None
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise KeyRefused(f"{path} is readable by others; set its mode to 0600")
        tag, _, body = text.strip().partition(" ")
        if tag != self._mode:
            raise KeyRefused(f"{path} is a {tag} key and cannot be used in {self._mode} mode")
        return bytes.fromhex(body)


def key_file(directory: Path, name: str, version: int) -> Path:
    """Where a version of a key lies: `root.key`, then `root.2.key` and so on."""
    return directory / (f"{name}.key" if version == 1 else f"{name}.{version}.key")


def add_version(settings: Settings, name: str, version: int, *, make_random: Callable[[int], bytes]) -> None:
    """Make a version of a key; one that is there stays as it is."""
    path = key_file(settings.keys_dir, name, version)
    if not path.exists():
        write_private(path, f"{settings.mode} {make_random(KEY_SIZE).hex()}\n")


def remove_version(settings: Settings, name: str, version: int) -> None:
    """Remove the file of a version; not to be undone."""
    key_file(settings.keys_dir, name, version).unlink(missing_ok=True)


def create_keys(directory: Path, mode: str, make_random: Callable[[int], bytes]) -> FileKeyStore:
    """Make the keys that are missing, and nothing else."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in KEY_NAMES:
        path = directory / f"{name}.key"
        if not path.exists():
            write_private(path, f"{mode} {make_random(KEY_SIZE).hex()}\n")
    return FileKeyStore(directory, mode)


def add_key(settings: Settings, name: str, make_random: Callable[[int], bytes]) -> FileKeyStore:
    """Make a key that an installation founded before the key was known lacks; what is there stays as it is."""
    if read_pin(settings.home) is None:
        raise KeyRefused(f"{settings.home} is not founded; run openbureau init")
    path = settings.keys_dir / f"{name}.key"
    if name in KEY_NAMES and not path.exists():
        write_private(path, f"{settings.mode} {make_random(KEY_SIZE).hex()}\n")
    return FileKeyStore(settings.keys_dir, settings.mode)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all; also where several do so at once."""
    draft = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_pin(home: Path) -> bytes | None:
    """The pinned hash of the founding act, None before the founding."""
    path = home / "founding-act.sha256"
    return bytes.fromhex(path.read_text("ascii").strip()) if path.exists() else None


def write_pin(home: Path, act_hash: bytes) -> None:
    """Pin the founding act's hash outside the database."""
    write_private(home / "founding-act.sha256", act_hash.hex() + "\n")


def read_witnesses(path: Path) -> dict[str, str]:
    """Addresses of witnesses by name, as they stand in the file now; none where there is no file."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    if not all(len(pair) == 2 and pair[1].startswith(("https://", "http://")) for pair in words):
        raise SettingsError(f"{path}: a line reads NAME ADDRESS, the address with https://")
    return {name: address.rstrip("/") for name, address in words}


def read_scorecards() -> dict[str, bytes]:
    """The packaged points tables by id, as the bytes that an approval names."""
    packaged = files("openbureau") / "scorecards"
    folder = packaged if packaged.is_dir() else Path(__file__).parents[2] / "scorecards"
    found = {}
    for item in folder.iterdir():
        if item.name.endswith(".json"):
            content = item.read_bytes()
            found[str(json.loads(content)["id"])] = content
    return dict(sorted(found.items()))
