"""Does this answer prove itself: whose it is, that it is the logged one, and that its record is in the log?

Reads a kept answer (`openbureau.client.keep_answer`).  The checks are those of the lender's own client
(`core/answer/receipt.py`).
A record that is not shown in the log is `cannot-tell` before the promised deadline and `broken` after it.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from openbureau.core.answer.kept import Kept, read_kept
from openbureau.core.answer.receipt import (
    Place,
    ReceiptRefused,
    Trust,
    check_delivered,
    check_outcome,
    check_place,
    check_promise,
    leaf_of,
    opened_entry,
)
from openbureau.core.products import AGAIN
from openbureau.tlog.strict import parse_base64
from openbureau.tlog.vrf import label_of, vrf_verify
from openbureau.watch.export import parse_object
from openbureau.watch.papers.steps import Step, judged, told, trust_from, unreadable
from openbureau.watch.verdict import Evidence, Tally, Trouble, Verdict

PROMISES = {
    "act": (
        "Whom to trust is what the founding act says that your policy pins.",
        "信任依据是策略文件所锁定的创立文件。",
    ),
    "signed": ("The bureau signed this very answer to this request.", "本机构签署了对该请求的这一答复。"),
    "opening": ("The receipt opens an entry of an inquiry.", "回执可打开一条查询记录。"),
    "answer": (
        "The answer is, letter for letter, the one that was logged, to whom and for what it says.",
        "答复与日志所记逐字一致，对象与用途相符。",
    ),
    "promise": (
        "The bureau signed a promise that this entry will be in the log by a deadline.",
        "本机构签署承诺：该记录将在期限前写入日志。",
    ),
    "label": ("The name under which the event stands in the log is this person's.", "该事件所用代号确属本人。"),
    "log": ("The entry is in the log, as promised.", "该记录已按承诺写入日志。"),
}
WHAT = ("a kept answer", "保存的答复")


def check_answer(
    content: bytes, *, policy: str | None = None, act: Any = None, proof: str | None = None, now: datetime | None = None,
    without: frozenset[str] = frozenset(),
) -> Verdict:  # fmt: skip
    """The verdict on a kept answer, given as the bytes of its file.

    `policy` and `act` are from elsewhere (the file's own otherwise); `proof` is a proof that was fetched since; `now` the
    instant by which the promise is judged; `without` leaves steps out.
    """
    try:
        kept = read_kept(content)
    except ReceiptRefused as trouble:
        return unreadable("file", trouble, what=WHAT)
    reading = _Reading(kept, proof or kept.proof, now or datetime.now(UTC))
    reading.given = (policy, act)
    checks = judged(reading.steps(), PROMISES, without=without)
    return told(checks, reading.notes, reading.exhibits(), head=reading.head)


class _Reading:
    """A kept answer, read step by step."""

    def __init__(self, kept: Kept, proof: str | None, now: datetime) -> None:
        self._kept, self._proof, self._now = kept, proof, now
        self.given: tuple[str | None, Any] = (None, None)
        self.notes: list[Evidence] = []
        self._trust: Trust | None = None
        self._entry, self._fields = b"", dict[str, str]()
        self._deadline: datetime | None = None
        self._place: Place | None = None

    def steps(self) -> Iterable[tuple[str, Step]]:
        """What there is to check: an answer to a sandbox's bare token is not signed; only a person's paper has a label."""
        yield "act", self._act
        if self._kept.signed is not None:
            yield "signed", self._signed
        yield "opening", self._opening
        yield "answer", self._answer
        yield "promise", self._promise
        if self._kept.label is not None:
            yield "label", self._label
        yield "log", self._log

    @property
    def head(self) -> tuple[str, int, str]:
        """Origin, size and root of the log under which the entry is shown."""
        place = self._place
        return (
            ("", 0, "") if place is None else (self._kept.receipt.promise.get("log", ""), place.size, place.root.hex())
        )

    def exhibits(self) -> dict[str, str]:
        """What both sides can hold: the signed promise with its entry, what was signed of the answer, the proof."""
        receipt = self._kept.receipt
        shown = {
            "promise.json": json.dumps(
                {"entry": receipt.entry, "promise": receipt.promise}, ensure_ascii=False, indent=1
            ),
            "answer.sha256": hashlib.sha256(self._kept.answer or b"").hexdigest() if self._kept.answer else "-",
        }
        if self._kept.signed is not None:
            shown["answer.signed"] = json.dumps(dict(self._kept.signed), indent=1)
        if self._proof is not None:
            shown["entry.tlog-proof"] = self._proof
        return shown

    def _act(self, _: Tally) -> None:
        self._trust, note = trust_from(
            self._kept.policy, self._kept.act, policy=self.given[0], act=self.given[1]
        )  # fmt: skip
        self.notes.append(note)

    def _needed(self) -> Trust:
        if self._trust is None:
            raise Trouble("act", "it is not known whom to trust", "信任依据不成立，无法判断", is_missing=True)
        return self._trust

    def _signed(self, _: Tally) -> None:
        signed = self._kept.signed or {}
        check_delivered(
            self._needed(), self._kept.body, str(signed.get("base", "")), signature=str(signed.get("signature", ""))
        )

    def _opening(self, _: Tally) -> None:
        self._entry, self._fields = opened_entry(self._kept.receipt.entry, self._kept.receipt.opening)

    def _answer(self, tally: Tally) -> None:
        """Hash, kind, and the header against what is opened."""
        check_outcome(self._opened(), {}, self._kept.answer)
        if self._kept.answer is None:
            return
        found = parse_object("answer", self._kept.answer).get("header")
        header = found if isinstance(found, dict) else {}
        fields = self._fields
        kind, _, first = fields.get("product", "").partition(";")
        expected = {"asked_by": fields.get("actor"), "purpose": fields.get("purpose")}
        expected["report_id"] = first if kind == AGAIN else self._kept.receipt.inquiry_id
        if kind != AGAIN:
            expected["product"] = fields.get("product")
        for name, value in expected.items():
            if header.get(name) != value:
                tally.wrong("answer", f"its {name} is another than the log's", f"答复的 {name} 与日志不符")

    def _opened(self) -> dict[str, str]:
        if not self._fields:
            raise Trouble(
                "opening",
                "the receipt does not open, so nothing rests on it",
                "回执未能打开，无法判断",
                is_missing=True,
            )
        return self._fields

    def _promise(self, _: Tally) -> None:
        self._opened()
        self._deadline = check_promise(self._needed(), self._kept.receipt.promise, leaf_of(self._entry))

    def _label(self, tally: Tally) -> None:
        """A person's own paper shows the label, and the proof that it is theirs (RFC 9381)."""
        label, trust = self._kept.label or {}, self._needed()
        act = trust.act or {}
        key = parse_base64(str(act["body"]["keys"]["vrf"]))
        output = vrf_verify(key, UUID(label["subject_id"]).bytes, parse_base64(label["proof"]))
        shown = self._opened().get("label")
        if shown is None:
            tally.lacking("label", "the receipt does not show the label", "回执未公开代号")
        elif output is None or label_of(output).hex() != shown:
            tally.wrong("label", "is not the one of this person", "该代号不属于此人")

    def _log(self, tally: Tally) -> None:
        """In the log; else judged by the deadline that was promised."""
        if self._proof is not None:
            entry = self._entry or parse_base64(self._kept.receipt.entry)
            self._place = check_place(self._needed(), entry, self._proof, log=self._kept.receipt.promise.get("log"))
            self.notes.append(Evidence("log", f"entry {self._place.index}", f"第 {self._place.index} 条记录"))
            return
        deadline = self._deadline
        if deadline is None:
            raise Trouble(
                "promise",
                "nothing was promised, and no proof is at hand",
                "没有成立的承诺，也没有证明",
                is_missing=True,
            )
        at, leaf = deadline.strftime("%Y-%m-%dT%H:%M:%SZ"), self._kept.receipt.promise.get("leaf", "")[:64]
        if self._now > deadline:
            tally.wrong(
                "log", f"no proof shows the entry, and the promise ended at {at}; ask once more at /v1/proofs/{leaf}: if there "
                "is none, this file is your evidence for the committee",
                f"没有证明显示该记录在日志中，承诺已于 {at} 到期；"
                f"请再次查询 /v1/proofs/{leaf}，仍无则可将本文件作为证据提交委员会",
            )  # fmt: skip
        else:
            tally.lacking(
                "log", f"no proof yet; the promise runs until {at}: /v1/proofs/{leaf}", f"尚无证明；承诺期限为 {at}"
            )  # fmt: skip
