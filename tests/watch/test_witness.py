"""Does a witness anyone can run keep what it signed, whatever happens at once or half-way?"""

import hashlib
import http.client
import os
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openbureau.cli import main
from openbureau.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from openbureau.tlog.cosignature import check_cosignatures
from openbureau.tlog.merkle import Tree, leaf_hash, prove_consistency
from openbureau.tlog.note import COSIGNATURE, ML_DSA_44, parse_vkey, verifier_key
from openbureau.tlog.tile import TileAddress
from openbureau.tlog.witness import Standing, render_request
from openbureau.watch.heads import compare
from openbureau.watch.witness import Witness, WitnessRefused
from openbureau.watch.witness_http import make_server
from watch.made_log import MadeLog, seed

SEED = bytes(range(32))
KEY = verifier_key("made.example/log", SEED)
NOW = 1_800_000_000


class Log:
    """A log of made-up leaves, and one that tells another history from leaf 5 on."""

    def __init__(self, changed: int = -1) -> None:
        self.tree = Tree()
        self.tree.append([leaf_hash(b"other" if at == changed else str(at).encode()) for at in range(300)])

    def note(self, size: int) -> bytes:
        return sign_checkpoint(Checkpoint(KEY.name, size, self.tree.root(size)), KEY, SEED).encode()

    def request(self, old: int, new: int) -> bytes:
        proof = prove_consistency(self.tree.read, old, new) if 0 < old < new else ()
        return render_request(old, proof, self.note(new))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness.create(tmp_path / "w", "witness.example/w1", os.urandom)
    made.follow(KEY.render())
    return made


def test_it_signs_with_both_keys_what_it_keeps(witness: Witness) -> None:
    """The head is kept with the signatures that were given, and stands after a new start."""
    answer = witness.add(Log().request(0, 7), at=NOW)
    assert answer.considered.standing is Standing.TAKEN
    note = Log().note(7) + answer.lines.encode()
    for key in witness.keys.values():
        assert check_cosignatures(note, (key,)) == {"witness.example/w1": NOW}
    again = Witness(witness.home)
    kept = again.checkpoint(hashlib.sha256(KEY.name.encode()).hexdigest())
    assert kept == note
    assert open_checkpoint(kept, KEY).size == 7
    assert again.add(Log().request(0, 7), at=NOW).considered.seen == 7
    assert again.add(Log().request(7, 9), at=NOW).considered.standing is Standing.TAKEN


def test_what_others_signed_is_not_kept(witness: Witness) -> None:
    """A note that carries many signature lines cannot make the kept head unreadable."""
    noisy = Log().request(0, 7) + "".join(f"— a.example/{at} AAAAAAAA\n" for at in range(99)).encode()
    assert witness.add(noisy, at=NOW).considered.standing is Standing.TAKEN
    assert witness.add(Log().request(7, 8), at=NOW).considered.standing is Standing.TAKEN


def test_of_two_histories_one_is_signed(witness: Witness) -> None:
    """Fifty callers at once, each with one of two trees: only heads of one tree are ever signed."""
    logs = [Log(), Log(changed=5)]
    asked = [logs[at % 2].request(0, 10 + at // 2) for at in range(50)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda body: witness.add(body, at=NOW), asked))
    taken = [at for at, answer in enumerate(answers) if answer.considered.standing is Standing.TAKEN]
    assert len(taken) == 1
    assert {answer.considered.standing for answer in answers} == {Standing.TAKEN, Standing.OTHER_SIZE}
    size = next(answer.considered.seen for answer in answers if answer.considered.seen)
    other = logs[1 - taken[0] % 2]
    assert witness.add(other.request(size, 60), at=NOW).considered.standing is Standing.NOT_CONSISTENT


def test_a_kill_between_draft_and_head_loses_nothing(witness: Witness) -> None:
    """A draft that a kill left behind is no head."""
    witness.add(Log().request(0, 7), at=NOW)
    place = witness.home / "heads" / hashlib.sha256(KEY.name.encode()).hexdigest()
    place.with_name(place.name + ".new").write_bytes(b"half a he")
    assert witness.add(Log().request(7, 8), at=NOW).considered.standing is Standing.TAKEN


def test_a_folder_that_is_no_witness_is_refused(tmp_path: Path, witness: Witness) -> None:
    """Neither an empty folder, nor one with other things in it, nor a seed that others can read."""
    with pytest.raises(WitnessRefused):
        Witness(tmp_path)
    with pytest.raises(WitnessRefused):
        Witness.create(tmp_path, "a.example", os.urandom)
    (witness.home / "ed25519.seed").chmod(0o644)
    with pytest.raises(WitnessRefused):
        Witness(witness.home)


def test_a_logs_key_is_never_exchanged(witness: Witness) -> None:
    """The same log under another key is another log."""
    with pytest.raises(WitnessRefused):
        witness.follow(verifier_key(KEY.name, bytes(32)).render())


@pytest.fixture
def address(witness: Witness) -> Iterator[str]:
    with make_server(witness, host="127.0.0.1", port=0, clock=lambda: NOW) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def call(address: str, body: bytes | None = None) -> tuple[int, str, str]:
    """Status, media type and text."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data=body), timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as told:
        return told.code, told.headers["Content-Type"], told.read().decode()


def announced(address: str, size: int) -> int:
    """The status told to a body of a size that is only announced."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/add-checkpoint")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    return connection.getresponse().status


def test_the_protocol_over_http(address: str, witness: Witness) -> None:
    """Each answer of the specification, with its status."""
    add, log, other = f"{address}/add-checkpoint", Log(), Log(changed=5)
    place = hashlib.sha256(KEY.name.encode()).hexdigest()
    assert call(f"{address}/{place}/checkpoint")[0] == 404
    status, _, lines = call(add, log.request(0, 10))
    assert status == 200
    assert check_cosignatures(log.note(10) + lines.encode(), (witness.keys[COSIGNATURE],)) == {witness.name: NOW}
    assert call(f"{address}/{place}/checkpoint")[2].encode() == log.note(10) + lines.encode()
    assert call(add, log.request(3, 12)) == (409, "text/x.tlog.size", "10\n")
    assert call(add, other.request(10, 12))[0] == 422
    assert call(add, render_request(10, (), other.note(10)))[0] == 409
    assert call(add, log.request(10, 10))[0] == 200
    assert call(add, render_request(12, (), log.note(10)))[0] == 400
    assert call(add, b"old 010\n\n")[0] == 400
    stranger = verifier_key("strange.example", SEED)
    strange = sign_checkpoint(Checkpoint(stranger.name, 1, bytes(32)), stranger, SEED).encode()
    assert call(add, render_request(0, (), strange))[0] == 404
    forged = sign_checkpoint(Checkpoint(KEY.name, 11, bytes(32)), verifier_key(KEY.name, bytes(32)), bytes(32)).encode()
    assert call(add, render_request(10, (), forged))[0] == 403
    assert call(f"{address}/elsewhere", b"x")[0] == 404
    assert announced(address, (1 << 20) + 1) == 413
    shown = [parse_vkey(line) for line in call(f"{address}/keys")[2].splitlines()]
    assert shown == [witness.keys[COSIGNATURE], witness.keys[ML_DSA_44]]


def test_the_command_makes_a_witness(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once with a name, then without; the keys are those of the folder."""

    def typed(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["openbureau", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0)

    home = tmp_path / "mine"
    words = ["watch", "witness", str(home), "--log", KEY.render(), "--once"]
    assert typed(*words, "--name", "witness.example/w2") == 0
    shown = capsys.readouterr().out.split()
    assert [parse_vkey(text).name for text in shown] == ["witness.example/w2"] * 2
    assert typed(*words) == 0
    assert capsys.readouterr().out.split() == shown


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export, and what a witness and a friend keep of it."""
    made = MadeLog()
    made.write(tmp_path / "export")
    return tmp_path / "export"


def split(export: Path) -> bytes:
    """The same log's key under another root of the same size."""
    key = parse_vkey((export / "log.vkey").read_text().strip())
    head = open_checkpoint((export / "checkpoint").read_bytes(), key)
    return sign_checkpoint(Checkpoint(head.origin, head.size, bytes(32)), key, seed("log")).encode()


def test_heads_of_one_log_agree(export: Path, tmp_path: Path) -> None:
    """A smaller head that somebody kept lies on the same tree as the newest."""
    key = parse_vkey((export / "log.vkey").read_text().strip())
    policy, newest = (export / "policy").read_text(), (export / "checkpoint").read_bytes()
    (tmp_path / "friend").write_bytes(newest)
    verdict = compare([str(export), str(tmp_path / "friend")], policy)
    assert (verdict.status, len(verdict.notes)) == ("ok", 2)
    size = open_checkpoint(newest, key).size
    content = (export / TileAddress(0, 0, size).path).read_bytes()
    tree = Tree()
    tree.append([content[at : at + 32] for at in range(0, len(content), 32)])
    old = sign_checkpoint(Checkpoint(key.name, size - 1, tree.root(size - 1)), key, seed("log")).encode()
    (tmp_path / "friend").write_bytes(old)
    assert compare([str(export), str(tmp_path / "friend")], policy).status == "ok"
    assert compare([str(tmp_path / "friend"), str(tmp_path / "nowhere")], policy).status == "cannot-tell"


def test_two_histories_are_told_with_both_heads(export: Path, tmp_path: Path) -> None:
    """The evidence is both signed texts."""
    (tmp_path / "friend").write_bytes(split(export))
    verdict = compare([str(export), str(tmp_path / "friend")], (export / "policy").read_text())
    assert verdict.status == "broken"
    check = next(one for one in verdict.checks if one.name == "one-log")
    assert check.ok is False
    for note in ((export / "checkpoint").read_text(), split(export).decode()):
        assert note.rstrip() in check.evidence[0].en


def test_a_witness_shows_its_head_for_comparison(address: str, witness: Witness, tmp_path: Path) -> None:
    """Its read side is a place like any other; one that nobody answers at is told."""
    log = Log()
    witness.add(log.request(0, 10), at=NOW)
    (tmp_path / "kept").write_bytes(log.note(10))
    policy = f"log {KEY.render()}\nwitness w {witness.keys[COSIGNATURE].render()}\nquorum w\n"
    assert compare([address, str(tmp_path / "kept")], policy).status == "ok"
    assert compare([str(tmp_path / "kept")], policy).status == "broken"
    assert compare([address, "http://127.0.0.1:9/"], policy).status == "cannot-tell"
