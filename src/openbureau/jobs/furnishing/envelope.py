"""Open a file that was encrypted to the agency's age key, before its receipt.

Binary or armored age files are decrypted in a stream into an unnamed file that only this process can open; everything
else passes as it is.  Promises: the receipt covers the plaintext records; what cannot be opened is a finding with its
cure and is never received in part.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import pyrage

from openbureau.config import KeyRefused, KeyStore
from openbureau.core.furnishing.finding import Finding
from openbureau.jobs.context import Bureau

HEADS = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")
IN_MEMORY = 1 << 20
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


@contextmanager
def opened(bureau: Bureau, source: BinaryIO) -> Iterator[BinaryIO | Finding]:
    """The file itself: as it came, or out of its envelope; a finding where the envelope does not open."""
    start = source.tell()
    head = source.read(max(map(len, HEADS)))
    source.seek(start)
    if not head.startswith(HEADS):
        yield source
        return
    with tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(bureau.settings.home)) as plain:
        trouble = _decrypt(bureau, source, cast("BinaryIO", plain))
        plain.seek(0)
        yield trouble or cast("BinaryIO", plain)


def _decrypt(bureau: Bureau, source: BinaryIO, plain: BinaryIO) -> Finding | None:
    try:
        held = [bureau.keys.key("age", version) for version in bureau.keys.versions("age") or (1,)]
    except KeyRefused:
        return Finding(0, "envelope-not-ours")  # nobody can have been told a key of ours
    try:
        pyrage.decrypt_io(source, plain, [pyrage.x25519.Identity.from_str(age_identity(key)) for key in held])
    except pyrage.DecryptError as trouble:
        is_whole = "no matching keys" in str(trouble).lower()
        return Finding(0, "envelope-not-ours" if is_whole else "envelope-broken")
    except OSError:
        return Finding(0, "envelope-broken")
    return None


def recipient_of(keys: KeyStore) -> str:
    """The agency's public key, to which furnishers encrypt; `KeyRefused` where there is none yet."""
    return str(pyrage.x25519.Identity.from_str(age_identity(keys.key("age"))).to_public())


def age_identity(key: bytes) -> str:
    """A key of 32 bytes in age's own spelling (Bech32, BIP 173)."""
    name = "age-secret-key-"
    values = _regrouped(key)
    spread = [ord(char) >> 5 for char in name] + [0] + [ord(char) & 31 for char in name]
    check = _checksum([*spread, *values, *[0] * 6]) ^ 1
    values += [check >> 5 * (5 - at) & 31 for at in range(6)]
    return f"{name}1{''.join(_LETTERS[value] for value in values)}".upper()


def _regrouped(key: bytes) -> list[int]:
    """Bytes as groups of five bits, the last filled with zeros."""
    bits = "".join(f"{byte:08b}" for byte in key)
    bits += "0" * (-len(bits) % 5)
    return [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]


def _checksum(values: list[int]) -> int:
    found = 1
    for value in values:
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for at, part in enumerate(_GENERATOR):
            found ^= part if top >> at & 1 else 0
    return found
