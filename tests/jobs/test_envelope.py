"""Files under the agency's age key: opened before the receipt, or told clearly why not."""

import io
from collections.abc import Callable

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from openbureau.config import KeyRefused, add_key
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.messages import RULES
from openbureau.jobs.furnishing.envelope import age_identity, recipient_of
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.furnishing.receive import FurnishingReceipt, receive_file
from openbureau.store.furnishing import find_receipt
from world import World, alpha_file, jsonl

CONTENT = jsonl(alpha_file()).read()


def sealed(world: World, content: bytes = CONTENT, **more: bool) -> bytes:
    public = pyrage.x25519.Recipient.from_str(recipient_of(world.bureau.keys))
    return bytes(pyrage.encrypt(content, [public], **more))


@pytest.mark.parametrize("armored", [False, True])
def test_an_encrypted_file_is_received_as_its_plaintext(shared_world: World, armored: bool) -> None:
    """The receipt counts the plaintext's bytes, and the same file unencrypted is its repeat."""
    before, _ = furnish(shared_world.bureau, "bank-alpha", io.BytesIO(CONTENT))
    received, acceptance = furnish(shared_world.bureau, "bank-alpha", io.BytesIO(sealed(shared_world, armored=armored)))
    assert isinstance(received, FurnishingReceipt)
    assert isinstance(before, FurnishingReceipt)
    assert (received.byte_count, received.pieces, received.is_repeat) == (len(CONTENT), before.pieces, True)
    assert acceptance is not None
    assert acceptance.progress.unchanged == acceptance.progress.accepted > 0


def test_a_file_to_another_key_is_told(shared_world: World) -> None:
    """Nothing is received, and the cure names where our key is found."""
    other = pyrage.x25519.Identity.generate().to_public()
    found = receive_file(shared_world.bureau, "bank-alpha", io.BytesIO(pyrage.encrypt(CONTENT, [other])))
    assert found == Finding(0, "envelope-not-ours")
    assert "openbureau keys age" in RULES["envelope-not-ours"].cure[0]
    phrase = receive_file(shared_world.bureau, "bank-alpha", io.BytesIO(pyrage.passphrase.encrypt(CONTENT, "word")))
    assert phrase == Finding(0, "envelope-not-ours")


@pytest.mark.parametrize("keep", [0.2, 0.9, 0.999])
@pytest.mark.parametrize("armored", [False, True])
def test_a_cut_envelope_is_received_in_no_part(shared_world: World, keep: float, armored: bool) -> None:
    """However much of it was readable."""
    content = sealed(shared_world, CONTENT * 3, armored=armored)
    found = receive_file(shared_world.bureau, "bank-alpha", io.BytesIO(content[: int(len(content) * keep)]))
    assert found == Finding(0, "envelope-broken")


@pytest.mark.parametrize(
    "head", [b"age-encryption.org/v1\n", b"age-encryption.org/v2\nx", b"-----BEGIN AGE ENCRYPTED FILE-----\n!"]
)
def test_nonsense_in_an_envelope_is_told(shared_world: World, head: bytes) -> None:
    """A header alone, of another version, or with something else behind it."""
    assert receive_file(shared_world.bureau, "bank-alpha", io.BytesIO(head)) == Finding(0, "envelope-broken")


def test_a_changed_envelope_is_received_in_no_part(shared_world: World) -> None:
    """One bit anywhere in the body."""
    content = bytearray(sealed(shared_world))
    content[-100] ^= 1
    assert receive_file(shared_world.bureau, "bank-alpha", io.BytesIO(bytes(content))) == Finding(0, "envelope-broken")


def test_what_is_inside_is_judged_like_any_file(shared_world: World) -> None:
    """An empty file stays an empty file."""
    assert receive_file(shared_world.bureau, "bank-alpha", io.BytesIO(sealed(shared_world, b""))) == Finding(
        0, "empty-file"
    )


def test_the_container_is_not_kept(shared_world: World) -> None:
    """Only the records are kept: a ciphertext beside its key would outlive an erasure of what is in it."""
    received = receive_file(shared_world.bureau, "bank-alpha", io.BytesIO(sealed(shared_world)))
    assert isinstance(received, FurnishingReceipt)
    with shared_world.bureau.store.connection("loader") as connection:
        row = connection.execute(
            "select count(*) from bureau.receipt_container where receipt_id = %s", [received.receipt_id]
        ).fetchone()
        held = find_receipt(connection, received.receipt_id)
    assert row == (0,)
    assert held is not None
    assert held.format == "jsonl"


def test_an_installation_without_the_key_goes_on(new_world: Callable[..., World]) -> None:
    """Founded before the key was known: plain files as ever, an envelope is not ours, and the key can be added once."""
    world = new_world(files={})
    bureau, path = world.bureau, world.bureau.settings.keys_dir / "age.key"
    path.unlink()
    assert isinstance(receive_file(bureau, "bank-alpha", io.BytesIO(CONTENT)), FurnishingReceipt)
    stranger = pyrage.x25519.Identity.generate().to_public()
    found = receive_file(bureau, "bank-alpha", io.BytesIO(pyrage.encrypt(CONTENT, [stranger])))
    assert found == Finding(0, "envelope-not-ours")
    with pytest.raises(KeyRefused):
        recipient_of(bureau.keys)
    first = recipient_of(add_key(bureau.settings, "age", bureau.random))
    assert recipient_of(add_key(bureau.settings, "age", bureau.random)) == first
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", [bytes(32), bytes(range(32)), b"\xff" * 32])
def test_the_key_is_spelled_as_age_spells_it(key: bytes) -> None:
    """Age reads it as the same X25519 key that another library makes of these bytes."""
    identity = pyrage.x25519.Identity.from_str(age_identity(key))
    public = X25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{letters.index(char):05b}" for char in str(identity.to_public())[4:-6])
    assert int(bits[:256], 2).to_bytes(32, "big") == public
