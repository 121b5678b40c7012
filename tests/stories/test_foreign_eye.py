"""Does a reader that shares nothing with ours accept what we publish, and refuse it once anything is changed?

The reader is `conformance/foreign`: Go, on Debian's packages of the Go team's note and tlog.  It knows the public formats
and docs/specs/log.md.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from openbureau.jobs.log.export import export
from openbureau.jobs.log.prove import proof
from openbureau.jobs.log.sequence import sequence
from openbureau.store.log import leaf_place
from openbureau.tlog.checkpoint import Checkpoint, sign_checkpoint
from openbureau.tlog.cosignature import cosign_checkpoint
from openbureau.tlog.merkle import Tree, leaf_hash, prove_inclusion
from openbureau.tlog.note import COSIGNATURE, ML_DSA_44, verifier_key
from openbureau.tlog.proof import render_proof
from openbureau.tlog.tile import ENTRIES, render_bundle, tile_bytes, tiles_of
from world import World

SOURCE = Path(__file__).parents[2] / "conformance" / "foreign"
PACKAGES = Path("/usr/share/gocode")
SEED, OTHER = bytes(range(32)), bytes(range(1, 33))
KEY = verifier_key("made.example/log", SEED)


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The foreign reader, built from its source without a network."""
    if shutil.which("go") is None or not (PACKAGES / "src/golang.org/x/mod").is_dir():
        pytest.skip("no Go; apt-get install --no-install-recommends golang-go golang-golang-x-mod-dev")
    built = tmp_path_factory.mktemp("foreign") / "foreign"
    environment = {
        "PATH": os.environ["PATH"], "GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOFLAGS": "-trimpath",
        "GOCACHE": str(built.parent / "cache"), "HOME": str(built.parent),
    }  # fmt: skip
    subprocess.run(["go", "build", "-o", str(built), "."], cwd=SOURCE, env=environment, check=True)
    return built


def accepts(reader: Path, *words: str | Path) -> bool:
    """Does the foreign reader say that it holds?  Any end but its own yes and no is a failure of the reader."""
    done = subprocess.run([str(reader), *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout.startswith("HOLDS" if done.returncode == 0 else "REFUSED"), done.stdout
    return done.returncode == 0


@pytest.fixture
def published(shared_world: World, tmp_path: Path) -> Path:
    """A fresh export of a real bureau."""
    sequence(shared_world.bureau)
    export(shared_world.bureau, tmp_path / "export")
    return tmp_path / "export"


def test_a_fresh_export_is_accepted_and_every_change_refused(reader: Path, published: Path) -> None:
    """One flipped bit in any file of the log, a file cut, lengthened or gone: refused."""
    assert accepts(reader, "log", published)
    places = [published / "checkpoint", published / "log.vkey", *(published / "tile").rglob("*")]
    for place in (one for one in places if one.is_file()):
        content = place.read_bytes()
        for changed in (_flipped(content), content[:-1], content + b"\x00", None):
            if changed is None:
                place.unlink()
            else:
                place.write_bytes(changed)
            assert not accepts(reader, "log", published), f"{place.name} was changed"
            place.write_bytes(content)
    assert accepts(reader, "log", published)


def _flipped(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_a_proof_of_a_leaf_is_accepted(reader: Path, shared_world: World, published: Path, tmp_path: Path) -> None:
    """For its own entry and under its own key; for another entry, or with another index, refused."""
    vkey = (published / "log.vkey").read_text().strip()
    with shared_world.bureau.store.connection("auditor") as connection:
        hashes = [
            bytes(row[0]) for row in connection.execute("select leaf_hash from bureau.log_entry order by leaf_index")
        ]
        entries = [place[1] for place in (leaf_place(connection, one) for one in hashes) if place]
    (tmp_path / "proof").write_text(proof(shared_world.bureau, hashes[0]) or "")
    (tmp_path / "entry").write_bytes(entries[0])
    assert accepts(reader, "proof", tmp_path / "proof", tmp_path / "entry", vkey)
    text = (tmp_path / "proof").read_text()
    (tmp_path / "proof").write_text(text.replace("index 0\n", "index 1\n"))
    assert not accepts(reader, "proof", tmp_path / "proof", tmp_path / "entry", vkey)
    (tmp_path / "proof").write_text(text.replace("index 0\n", "index 00\n"))
    assert not accepts(reader, "proof", tmp_path / "proof", tmp_path / "entry", vkey)
    (tmp_path / "proof").write_text(text)
    (tmp_path / "entry").write_bytes(entries[-1])
    assert not accepts(reader, "proof", tmp_path / "proof", tmp_path / "entry", vkey)


def write_log(folder: Path, size: int) -> tuple[Tree, list[bytes]]:
    """A log of made-up entries of different lengths, with every tile and bundle."""
    entries = [f"entry {at}".encode() * (at % 7) for at in range(size)]
    tree = Tree()
    tree.append([leaf_hash(entry) for entry in entries])
    for address in tiles_of(size):
        first = address.number * 256
        is_bundle = address.level == ENTRIES
        content = render_bundle(entries[first : first + address.width]) if is_bundle else tile_bytes(tree.read, address)
        (folder / address.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / address.path).write_bytes(content)
    (folder / "checkpoint").write_text(sign_checkpoint(Checkpoint(KEY.name, size, tree.root()), KEY, SEED))
    (folder / "log.vkey").write_text(KEY.render() + "\n")
    (folder / "policy").write_text(f"log {KEY.render()}\nquorum none\n")
    return tree, entries


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1000, pytest.param(70_000, marks=pytest.mark.slow)])
def test_logs_of_every_shape_are_accepted(reader: Path, tmp_path: Path, size: int) -> None:
    """At the edges of tiles and levels, with proofs of first, middle and last entry."""
    tree, entries = write_log(tmp_path, size)
    assert accepts(reader, "log", tmp_path)
    checkpoint = (tmp_path / "checkpoint").read_bytes()
    for index in {0, size // 2, size - 1}:
        (tmp_path / "proof").write_text(render_proof(index, prove_inclusion(tree.read, index, size), checkpoint))
        (tmp_path / "entry").write_bytes(entries[index])
        assert accepts(reader, "proof", tmp_path / "proof", tmp_path / "entry", KEY.render())


def test_cosignatures_are_accepted_and_broken_ones_refused(reader: Path, tmp_path: Path) -> None:
    """An Ed25519 cosignature holds beside an ML-DSA line that the reader does not know; of another time it does not."""
    write_log(tmp_path, 5)
    witness = verifier_key("witness.example/w1", OTHER, COSIGNATURE)
    (tmp_path / "policy").write_text(f"log {KEY.render()}\nwitness w {witness.render()}\nquorum w\n")
    note = (tmp_path / "checkpoint").read_bytes()
    second = verifier_key("witness.example/w1", OTHER, ML_DSA_44)
    lines = cosign_checkpoint(note, witness, OTHER, at=5) + cosign_checkpoint(note, second, OTHER, at=5)
    (tmp_path / "checkpoint").write_bytes(note + lines.encode())
    assert accepts(reader, "log", tmp_path)
    other = sign_checkpoint(Checkpoint(KEY.name, 5, bytes(32)), KEY, SEED).encode()
    (tmp_path / "checkpoint").write_bytes(note + cosign_checkpoint(other, witness, OTHER, at=5).encode())
    assert not accepts(reader, "log", tmp_path)
