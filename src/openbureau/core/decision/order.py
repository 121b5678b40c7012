"""On which document does a court or an authority look somebody up, and may the person be told later?

A document of a court or authority takes the place of a consent (Regulation Art. 18, second sentence; PIPL Art. 34).  Who
issued it, under which law, and which officer shows it stay with the inquiry, sealed; the leaf holds the hash.  A notice is
put off only where a law is named for it (PIPL Art. 18 and 35), and to a day.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from openbureau.tlog.canonical import canonical

COURT_PURPOSE, AUTHORITY_PURPOSE = "judicial", "official"
ORDER_PURPOSES = frozenset({COURT_PURPOSE, AUTHORITY_PURPOSE})
"""Purposes under which nobody asks but by a document; such look-ups are shown in the diary alone, never in a report."""
BASES = {"court-order": COURT_PURPOSE, "official-order": AUTHORITY_PURPOSE}
"""The `basis` of an answer that rests on a document, with its purpose."""

KINDS: dict[str, tuple[str, str]] = {
    "trial": ("审判", "Trial"),
    "enforcement": ("执行", "Enforcement"),
    "bankruptcy": ("破产", "Bankruptcy"),
    "criminal-investigation": ("刑事侦查", "Criminal investigation"),
    "supervision-investigation": ("监察调查", "Investigation by a supervisory commission"),
    "tax": ("税务", "Tax"),
    "administrative-case": ("行政案件", "Administrative case"),
}
"""Kinds of proceedings in which a document may be shown (`house.order_kinds`): Chinese, English."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a court or an authority shows: kind of proceedings, law, number of the instrument, who issued it, which officer."""

    kind: str
    statute: str
    number: str
    issued_by: str
    officer: str
    issued_on: date
    valid_until: date

    @property
    def is_complete(self) -> bool:
        """Are law, number, issuing body and officer all named?"""
        return all(text.strip() for text in (self.statute, self.number, self.issued_by, self.officer))

    @property
    def content(self) -> bytes:
        """The document as canonical JSON: what is kept, and what is hashed."""
        return canonical(
            {
                "kind": self.kind,
                "statute": self.statute,
                "number": self.number,
                "issued_by": self.issued_by,
                "officer": self.officer,
                "issued_on": self.issued_on.isoformat(),
                "valid_until": self.valid_until.isoformat(),
            }
        )

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the content: the `basis_ref` of the answer."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Deferral:
    """The wish to tell the person later: the law that asks for secrecy, and the day on which they are told at last."""

    statute: str
    until: date

    @property
    def names_law(self) -> bool:
        """Is the law named?"""
        return bool(self.statute.strip())


@dataclass(frozen=True, slots=True)
class Order:
    """What comes with a look-up by a court or an authority; the document is None where none was shown."""

    document: Document | None
    deferral: Deferral | None = None


def notice_of(deferral: Deferral | None) -> str:
    """The `notice` field of a leaf: in the diary at once, or deferred to a day."""
    return "diary" if deferral is None else f"deferred;{deferral.until.isoformat()}"


def told_on(notice: str) -> date | None:
    """The day on which a put-off notice is given; None where the person was told at once.  ValueError for no day."""
    word, _, day = notice.partition(";")
    return date.fromisoformat(day) if word == "deferred" else None


def is_put_off(notice: str, today: date) -> bool:
    """Is the person not to be told yet?"""
    day = told_on(notice)
    return day is not None and today < day
