"""One record, proved to anyone: sent, unchanged, when, by whom.  And every way to cheat with it."""

import base64
import copy
import io
import json
import os

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.core.furnishing.write import render_csv
from openbureau.jobs.furnishing import receive
from openbureau.jobs.furnishing.load import NoReceipt, furnish
from openbureau.jobs.furnishing.prove_record import STATEMENT, NoRecord, file_receipt, prove_record
from openbureau.jobs.log.prove import policy
from openbureau.jobs.log.sequence import sequence
from openbureau.tlog.canonical import canonical
from openbureau.watch.record import verify_record
from world import alpha_file, gamma_file, jsonl, months


def text64(content):
    """Base64 as the documents write it."""
    return base64.b64encode(content).decode()


def told(document, trusted=None):
    """The verdict on a document."""
    return verify_record(json.dumps(document).encode(), policy=trusted)


def broken(document, trusted=None):
    """Names of the checks that do not hold."""
    return {check.name for check in told(document, trusted).checks if check.ok is False}


@pytest.fixture(scope="module")
def sent(shared_world):
    """A file of several chunks with a blank line in it, logged; its records and receipt."""
    records = alpha_file()
    content = jsonl(records).getvalue().split(b"\n")
    content.insert(3, b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receive, "CHUNK_PIECES", 37)
        _, made = furnish(shared_world.bureau, "bank-alpha", io.BytesIO(b"\n".join(content)))
    sequence(shared_world.bureau)
    return records, made.receipt_id


@pytest.fixture
def proof(shared_world, sent):
    """The proof of record 40."""
    return prove_record(shared_world.bureau, sent[1], 40)


@pytest.mark.parametrize("number", [1, 3, 4, 36, 37, 38, 100])
def test_any_record_is_proved_offline(shared_world, sent, number):
    """First, after the blank line, at the seams of chunks, in the middle: each with its own bytes."""
    records, receipt_id = sent
    made = prove_record(shared_world.bureau, receipt_id, number, member_id="bank-alpha")
    verdict = told(made, policy(shared_world.bureau))
    assert verdict.status == "ok", verdict
    assert json.loads(base64.b64decode(made["pieces"][0]["content"])) == records[number - 1]
    assert [note.place for note in verdict.notes] == ["bank-alpha"]
    assert {check.name for check in verdict.checks} == {"act", "log", "opening", "record", "receipt"}


def test_the_last_record_and_none_beyond(shared_world, sent):
    """The last one is proved; there is no next one, and no record 0."""
    records, receipt_id = sent
    assert told(prove_record(shared_world.bureau, receipt_id, len(records))).status == "ok"
    for number in (0, -1, len(records) + 1):
        with pytest.raises(NoRecord):
            prove_record(shared_world.bureau, receipt_id, number)


def test_a_file_of_one_record_is_proved(shared_world):
    """The record is the root: an empty path."""
    _, made = furnish(shared_world.bureau, "bank-alpha", jsonl(months("P0001-1", "N")))
    sequence(shared_world.bureau)
    found = prove_record(shared_world.bureau, made.receipt_id, 1)
    assert found["pieces"][0]["path"] == []
    assert told(found).status == "ok"


def test_a_csv_record_comes_with_its_header(shared_world):
    """Without the names of its columns a line says nothing: the header line is proved beside it."""
    rows = months("P0001-1", "NNN")
    content = b"".join(render_csv("month", rows))
    _, made = furnish(shared_world.bureau, "bank-alpha", io.BytesIO(content))
    sequence(shared_world.bureau)
    found = prove_record(shared_world.bureau, made.receipt_id, 2)
    head, line = (base64.b64decode(piece["content"]) for piece in found["pieces"])
    assert head.startswith(b"account_no,")
    assert line.rstrip() == content.split(b"\n")[2].rstrip()
    assert told(found).status == "ok"


def test_a_receipt_alone_is_proved(shared_world, sent):
    """The signed receipt of a whole file verifies without any record."""
    assert told(file_receipt(shared_world.bureau, sent[1], member_id="bank-alpha")).status == "ok"


def test_before_it_is_in_the_log_nothing_is_claimed(shared_world):
    """The signature stands at once; the log's proof is told to be missing, not to hold."""
    _, made = furnish(shared_world.bureau, "bank-alpha", jsonl(months("P0001-1", "NN")))
    verdict = told(prove_record(shared_world.bureau, made.receipt_id, 1))
    assert verdict.status == "cannot-tell"
    assert [check.name for check in verdict.checks if check.ok is None] == ["log"]


def test_nobody_gets_the_proof_of_anothers_record(shared_world, sent):
    """Another member's receipt is no receipt, whatever the number."""
    for job in (
        lambda: prove_record(shared_world.bureau, sent[1], 1, member_id="micro-gamma"),
        lambda: file_receipt(shared_world.bureau, sent[1], member_id="micro-gamma"),
        lambda: prove_record(shared_world.bureau, "00000000-0000-7000-8000-000000000000", 1),
    ):
        with pytest.raises(NoReceipt):
            job()


def test_a_changed_record_does_not_verify(proof):
    """One character of the record."""
    content = base64.b64decode(proof["pieces"][0]["content"])
    proof["pieces"][0]["content"] = text64(content.replace(b"2", b"3", 1))
    assert broken(proof) == {"record"}


def test_another_salt_path_or_place_does_not_verify(proof):
    """Salt, path, place: each alone breaks it."""
    for change in (
        {"salt": text64(os.urandom(32))},
        {"path": proof["pieces"][0]["path"][::-1]},
        {"path": proof["pieces"][0]["path"][1:]},
        {"place": proof["pieces"][0]["place"] + 1},
        {"place": -1},
        {"place": "x"},
    ):
        changed = copy.deepcopy(proof)
        changed["pieces"][0] |= change
        assert broken(changed) == {"record"}, change


def test_no_record_is_no_proof(proof):
    """A proof without a record does not hold."""
    assert broken(proof | {"pieces": []}) == {"record"}


def test_another_root_does_not_verify(shared_world, sent, proof):
    """A record of another file, under this file's leaf."""
    _, made = furnish(shared_world.bureau, "micro-gamma", jsonl(gamma_file()))
    sequence(shared_world.bureau)
    other = prove_record(shared_world.bureau, made.receipt_id, 2)
    assert broken(proof | {"pieces": other["pieces"]}) == {"record"}
    assert "receipt" in broken(proof | {"statement": other["statement"]})
    assert {"opening"} <= broken(proof | {"opening": other["opening"]})
    assert {"log"} <= broken(proof | {"entry": other["entry"]})


def test_a_forged_opening_does_not_verify(proof):
    """Another member, time or root in the opening does not open the entry."""
    for name, value in (("actor", "micro-gamma"), ("time", "2020-01-01T00:00:00Z"), ("request", "00" * 32)):
        changed = copy.deepcopy(proof)
        changed["opening"]["opened"][name][1] = value
        assert "opening" in broken(changed), name


def test_a_forged_receipt_does_not_verify(shared_world, proof):
    """Another key, another text under the signature, or our own key under another story."""
    statement = {name: value for name, value in proof["statement"].items() if name != "signature"}
    forged = Ed25519PrivateKey.generate().sign(STATEMENT + canonical(statement))
    assert broken(proof | {"statement": statement | {"signature": text64(forged)}}) == {"receipt"}
    earlier = proof["statement"] | {"received_at": "2020-01-01T00:00:00Z"}
    assert broken(proof | {"statement": earlier}) == {"receipt"}
    key = Ed25519PrivateKey.from_private_bytes(shared_world.bureau.keys.key("response"))
    for name, value in (
        ("member", "bank-beta"), ("received_at", "2020-01-01T00:00:00Z"), ("root", "00" * 32), ("leaf", "00" * 32),
        ("log", "other.example"),
    ):  # fmt: skip
        lie = statement | {name: value}
        signed = lie | {"signature": text64(key.sign(STATEMENT + canonical(lie)))}
        assert broken(proof | {"statement": signed}) == {"receipt"}, name


def test_another_bureau_is_not_this_one(new_world, shared_world, proof):
    """A whole honest proof of another log does not verify under this policy, nor this one's under another's."""
    other = new_world(files={})
    _, made = furnish(other.bureau, "bank-alpha", jsonl(alpha_file()))
    sequence(other.bureau)
    theirs = prove_record(other.bureau, made.receipt_id, 1)
    assert told(theirs).status == "ok"
    assert {"act", "log"} <= broken(theirs, policy(shared_world.bureau))
    assert "log" in broken(proof | {"log_proof": theirs["log_proof"], "entry": theirs["entry"]})
    assert "act" in broken(proof | {"act": theirs["act"]})


def test_a_witness_that_is_asked_for_is_needed(shared_world, proof):
    """Under a policy with a quorum an unwitnessed checkpoint does not hold."""
    from openbureau.tlog.note import COSIGNATURE, verifier_key

    key = verifier_key("witness.example", os.urandom(32), COSIGNATURE)
    trusted = policy(shared_world.bureau).replace("quorum none", f"witness w {key.render()}\nquorum w")
    assert broken(proof, trusted) == {"log"}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b'{"format": "openbureau/record-proof/1"}', b"\xff", b"[" * 9999]
)
def test_what_is_no_proof_is_told_so(content):
    """Anything else is refused with a sentence, never a trace."""
    verdict = verify_record(content)
    assert verdict.status == "broken"
    assert verdict.checks[0].name == "form"


def test_every_part_that_is_missing_or_of_another_shape_is_told(proof):
    """Parts left out or replaced never verify and never raise."""
    for name in proof:
        if name == "record_no":
            continue
        for value in (None, [], {}, "x", 7):
            verdict = told(proof | {name: value})
            assert verdict.status != "ok" or value == proof[name], (name, value)
        assert told({key: value for key, value in proof.items() if key != name}).status != "ok"
