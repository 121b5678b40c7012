"""Every reader of foreign text, how it says no, and damaged texts for it.

The corpus lies in tests/corpus/READER: files that begin with `good` are taken, with `bad` refused, `any` may be either.
All of it is made up here; what once broke a reader is added as a `bad` or `any` file and stays.
"""

import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openbureau.core.act import ActRefused, open_act
from openbureau.core.answer.kept import read_kept
from openbureau.core.answer.receipt import ReceiptRefused
from openbureau.core.consent.artefact import ArtefactRefused, open_artefact
from openbureau.core.consent.terms import read_inputs
from openbureau.core.figures.query import NoQuery, parse_query
from openbureau.core.furnishing.offline import check_file
from openbureau.core.scorecard import ScorecardRefused, parse_scorecard
from openbureau.core.sign_in.keys import KeyStatementRefused, parse_key_file, parse_statement
from openbureau.core.sign_in.message import SignatureRefused, read_signature
from openbureau.core.sign_in.tokens import TokenRefused, read_assertion, read_proof
from openbureau.law.reader import load_law
from openbureau.tlog.checkpoint import open_checkpoint
from openbureau.tlog.commitment import Opening, OpeningRefused
from openbureau.tlog.cosignature import check_cosignatures
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.index import parse_end, parse_index
from openbureau.tlog.merkle import ProofRefused
from openbureau.tlog.note import COSIGNATURE, ML_DSA_44, NoteRefused, parse_vkey, split_note, verifier_key
from openbureau.tlog.policy import parse_policy
from openbureau.tlog.proof import check_proof, parse_proof
from openbureau.tlog.strict import Malformed
from openbureau.tlog.tile import TileRefused, parse_bundle
from openbureau.tlog.witness import consider, parse_request
from openbureau.watch.export import parse_object
from openbureau.watch.openings import Unreadable, parse_opening
from openbureau.watch.record import verify_record
from openbureau.watch.verdict import Trouble as WatchTrouble
from openbureau.web.api.bodies import read_collected, read_consent, read_inquiry
from openbureau.web.api.public import read_tile_path
from openbureau.web.official.orders import read_official
from openbureau.web.trouble import Trouble as WebTrouble
from world import NOW

CORPUS = Path(__file__).parents[1] / "corpus"
SEED, OTHER = bytes(range(32)), bytes(range(1, 33))
KEY = verifier_key("made.example/log", SEED)
WITNESSES = tuple(verifier_key("witness.example/w1", OTHER, kind) for kind in (COSIGNATURE, ML_DSA_44))
ENTRY = b"entry 3"
AT = 1_795_572_000.0
ISSUER = "https://bureau.example"
URL = f"{ISSUER}/v1/inquiries"
RULEBOOK = load_law("cn").on(NOW.date())


class Refused(Exception):
    """A reader that answers with a value said no."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How bytes are read, and the exceptions by which they are refused; any other is a fault."""

    read: Callable[[bytes], Any]
    refusals: tuple[type[Exception], ...]

    def takes(self, content: bytes) -> bool:
        """Is it taken?  Whatever is neither taken nor refused goes through."""
        try:
            self.read(content)
        except self.refusals:
            return False
        return True


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Refused from None


def _some(found: Any) -> Any:
    if found is None:
        raise Refused
    return found


def _headers(content: bytes) -> dict[str, str]:
    """The two fields of a signature, a line each."""
    described, _, signed = content.decode("latin-1").partition("\n")
    return {"signature-input": described, "signature": signed}


def _witness(content: bytes) -> None:
    consider(parse_request(content), {KEY.name: KEY}, {})


def _furnished(format_: str | None) -> Callable[[bytes], None]:
    def read(content: bytes) -> None:
        found = check_file(io.BytesIO(content), RULEBOOK, format=format_)
        assert found.records == found.accepted + found.refused
        if found.refused or not found.records:
            raise Refused

    return read


def _record(content: bytes) -> None:
    if verify_record(content).status != "ok":
        raise Refused


READERS: dict[str, Reader] = {
    "note": Reader(split_note, (NoteRefused,)),
    "checkpoint": Reader(lambda content: open_checkpoint(content, KEY), (NoteRefused,)),
    "cosignature": Reader(lambda content: check_cosignatures(content, WITNESSES), (NoteRefused,)),
    "vkey": Reader(lambda content: parse_vkey(_text(content)), (NoteRefused,)),
    "policy": Reader(lambda content: parse_policy(_text(content)), (Malformed,)),
    "proof": Reader(
        lambda content: check_proof(parse_proof(_text(content)), ENTRY, KEY), (Malformed, ProofRefused, NoteRefused)
    ),
    "bundle": Reader(lambda content: parse_bundle(content, 3), (TileRefused,)),
    "tile-path": Reader(lambda content: _some(read_tile_path(_text(content))), (Refused,)),
    "entry": Reader(parse_entry, (Malformed,)),
    "index-entry": Reader(parse_index, (Malformed,)),
    "index-end": Reader(lambda content: parse_end(_json(content)), (Malformed, Refused)),
    "witness-request": Reader(_witness, (Malformed,)),
    "opening": Reader(lambda content: Opening.from_json(_json(content)), (OpeningRefused, Refused)),
    "opening-strict": Reader(parse_opening, (Unreadable,)),
    "export-object": Reader(lambda content: parse_object("file", content), (WatchTrouble,)),
    "record-proof": Reader(_record, (Refused,)),
    "kept-answer": Reader(read_kept, (ReceiptRefused,)),
    "act": Reader(lambda content: open_act(_json(content)), (ActRefused, Refused)),
    "key-file": Reader(lambda content: parse_key_file(_text(content)), (ValueError,)),
    "key-statement": Reader(parse_statement, (KeyStatementRefused,)),
    "assertion": Reader(
        lambda content: read_assertion(_text(content), issuer=ISSUER, now=AT, longest=300), (TokenRefused,)
    ),
    "dpop": Reader(
        lambda content: read_proof(_text(content), method="POST", url=URL, now=AT, most_age=60), (TokenRefused,)
    ),
    "signature-headers": Reader(lambda content: read_signature(_headers(content)), (SignatureRefused,)),
    "artefact": Reader(open_artefact, (ArtefactRefused,)),
    "consent-inputs": Reader(lambda content: _some(read_inputs(_text(content))), (Refused,)),
    "scorecard": Reader(parse_scorecard, (ScorecardRefused,)),
    "query": Reader(lambda content: parse_query(_text(content)), (NoQuery,)),
    "inquiry-body": Reader(read_inquiry, (WebTrouble,)),
    "consent-body": Reader(read_consent, (WebTrouble,)),
    "collected-body": Reader(read_collected, (WebTrouble,)),
    "official-body": Reader(read_official, (WebTrouble,)),
    "furnished-jsonl": Reader(_furnished(None), (Refused,)),
    "furnished-csv": Reader(_furnished("csv"), (Refused,)),
    "furnished-metro2": Reader(_furnished("metro2"), (Refused,)),
}

WORDS = (
    b"\n", b"\n\n", b"\r\n", b"\x00", b"\xff", b"\xc3\x28", b" ", b"0", b"-1", b"+1", b"1_0", b"9" * 30, b"00", b"1e999",
    b"null", b"true", b"[]", b"{}", b'""', b'"', b",", b":", b"[" * 200, b'{"a":' * 200, b"\\ud800", b"\xf0\x9f\x92\xa3", b"=",
    b"\xe2\x80\x94 ", b"index ", b"old ", b"quorum none", b"@v1", b".", b"..", b"/", b"x", b"A" * 300, b"\x7f", b"NaN",
)  # fmt: skip


def corpus(reader: str) -> list[Path]:
    """The files of a reader."""
    return sorted((CORPUS / reader).iterdir())


def damaged(seeds: list[bytes], chance: random.Random) -> bytes:
    """A text near a seed: bits turned, parts cut, doubled, put in, exchanged with another seed's; up to four times."""
    content = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(content) + 1)
        to = min(len(content), at + chance.choice((1, 1, 2, 8, 64)))
        match chance.randrange(7):
            case 0 if at < len(content):
                content[at] ^= 1 << chance.randrange(8)
            case 1:
                del content[at:to]
            case 2:
                content[at:at] = content[at:to]
            case 3:
                content[at:at] = chance.choice(WORDS)
            case 4:
                content[at:to] = chance.choice(WORDS)
            case 5:
                other = chance.choice(seeds)
                begin = chance.randrange(len(other) + 1)
                content[at:to] = other[begin : begin + chance.choice((1, 8, 64, 4096))]
            case _:
                del content[at:]
    return bytes(content)


def inputs(reader: str, seed: int) -> Iterator[bytes]:
    """Texts without end: damaged ones of the corpus, and now and then any bytes."""
    chance = random.Random(f"{reader} {seed}")
    seeds = [path.read_bytes() for path in corpus(reader)]
    while True:
        yield chance.randbytes(chance.randrange(64)) if chance.random() < 0.05 else damaged(seeds, chance)
