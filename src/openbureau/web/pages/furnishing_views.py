"""What do the furnisher's and the regulator's pages need to know of files?

Turns the progress records, findings and totals of the jobs into rows that templates only have to write down; a section asks
its job.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from openbureau.core.furnishing.codes import ACCOUNT_STATUSES, ACCOUNT_TYPES, BUSINESS_TYPES, ROLES
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.quality import quality, quality_of_all
from openbureau.law.workdays import civil_day
from openbureau.web.pages.language import Formats
from openbureau.web.pages.signed import N_

STATES = {"waiting": N_("Waiting"), "loading": N_("Loading"), "done": N_("Done")}
DOORS = {
    "file": N_("sent whole"),
    "upload": N_("uploaded in pieces"),
    "records": N_("single records"),
    "drop": N_("drop folder"),
}
QUALITY_NOTE = N_("By the published formula, docs/specs/quality.md. A dash: no source yet.")
QUALITY_HEADINGS = (
    N_("Furnisher"), N_("Score"), N_("Timeliness"), N_("Completeness"), N_("Consistency"), N_("Corrections"), N_("Harm"),
)  # fmt: skip
_UNITS = ("B", "KB", "MB", "GB")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the regulator's page: a table under a heading.  Sentences are of the catalogue, rows are ready to show."""

    name: str
    title: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


SectionMaker = Callable[[Bureau, str | None, Formats], Section | None]
"""Makes a section for one furnisher, or for all (None); None where there is nothing to say."""


def quality_section(bureau: Bureau, member_id: str | None, write: Formats) -> Section | None:
    """The quality of this month by the published formula; None for who sent nothing, and a dash where a part has no source."""
    month = civil_day(bureau.clock()).strftime("%Y-%m")
    found = [quality(bureau, member_id, month)] if member_id else quality_of_all(bureau, month)
    rows = tuple(
        (write.pick((one["member"]["zh"], one["member"]["en"])), *_figures(one))
        for one in found
        if one["score"] is not None
    )
    return Section("quality", N_("Quality this month"), QUALITY_NOTE, QUALITY_HEADINGS, rows) if rows else None


def _figures(one: dict[str, Any]) -> tuple[str, ...]:
    values = (one["score"], *(part["score"] for part in one["parts"].values()))
    return tuple("–" if value is None else f"{value:g}" for value in values)


SECTIONS: list[SectionMaker] = [quality_section]
"""What the regulator's page shows besides files and findings; whoever has something to show adds a maker here."""


def file_rows(rows: Iterable[dict[str, Any]], write: Formats) -> list[dict[str, Any]]:
    """Files with their progress in words."""
    return [file_row(row, write) for row in rows]


def file_row(row: dict[str, Any], write: Formats) -> dict[str, Any]:
    """One file with its progress in words."""
    return row | {
        "state_words": STATES[row["state"]],
        "door_words": DOORS[row["door"]],
        "size": size_words(row["bytes"], write),
        "tone": "calm" if row["state"] == "done" else "wait",
        "share": write.share(row["per_mille"]),
    }


def size_words(count: int, write: Formats) -> str:
    """A number of bytes in the largest unit that leaves a whole number above zero."""
    at = 0
    while count >= 10_000 and at < len(_UNITS) - 1:
        count, at = count // 1000, at + 1
    return f"{write.number(count)} {_UNITS[at]}"


def finding_rows(found: Iterable[dict[str, Any]], write: Formats) -> list[dict[str, Any]]:
    """Findings by rule in one language."""
    short = "zh" if write.is_chinese else "en"
    rows = []
    for one in found:
        sentences = {name: one[name][short] for name in ("what", "why", "harm", "innocent", "cure")}
        cited = one["citation"][short] if "citation" in one else None
        bare: dict[str, Any] = {"count": None, "places": []}
        rows.append(bare | one | sentences | {"citation": cited, "refuses": one["severity"] == "refuse"})
    return rows


def rule_rows(found: Iterable[dict[str, Any]], write: Formats) -> list[dict[str, Any]]:
    """Rules with how often they were broken."""
    short = "zh" if write.is_chinese else "en"
    return [one | {"what": one["what"][short], "refuses": one["severity"] == "refuse"} for one in found]


def held_rows(found: Iterable[dict[str, Any]], write: Formats) -> list[dict[str, Any]]:
    """Totals of what is held, one row a type and status, the months told as a span."""
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for one in found:
        row = groups.setdefault(
            (one["account_type"], one["account_status"]), {"accounts": 0, "late": 0, "months": set(), "bare": 0}
        )
        row["accounts"] += one["accounts"]
        row["late"] += one["late"]
        if one["last_month"]:
            row["months"].add(one["last_month"])
        else:
            row["bare"] += one["accounts"]
    return [
        {
            "type": write.pick(ACCOUNT_TYPES.get(kind, (kind, kind))),
            "status": status_words(status, write),
            "accounts": row["accounts"],
            "late": row["late"],
            "first": min(row["months"], default=None),
            "last": max(row["months"], default=None),
        }
        for (kind, status), row in sorted(groups.items())
    ]


def status_words(status: str, write: Formats) -> str:
    """An account's status without its remarks."""
    words = write.pick(ACCOUNT_STATUSES.get(status, (status, status)))
    return words.partition(" (")[0]


def account_rows(found: Iterable[dict[str, Any]], write: Formats) -> list[dict[str, Any]]:
    """Accounts that were looked up, in words."""
    rows = []
    for one in found:
        if not one["held"]:
            rows.append(one)
            continue
        words = {
            "type": write.pick(ACCOUNT_TYPES.get(one["account_type"], (one["account_type"],) * 2)),
            "business": write.pick(BUSINESS_TYPES.get(one["business_type"], (one["business_type"],) * 2)),
            "role_words": write.pick(ROLES.get(one["role"], (one["role"],) * 2)),
            "status": status_words(one["account_status"], write),
            "balance": write.money(one["balance_fen"], one["currency"]),
            "overdue": write.money(one["overdue_fen"], one["currency"]) if one["overdue_fen"] else None,
        }
        rows.append(one | words)
    return rows
