"""What does a page need to know?

Turns reports, diaries and consents into rows that templates only have to write down: names instead of ids, words instead
of codes, cells instead of strings.  Pure: reads no store and no clock but what it is given.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from openbureau.core.attribute_list import BY_NAME, FAMILIES
from openbureau.core.furnishing.codes import (
    ACCOUNT_STATUSES,
    ACCOUNT_TYPES,
    BUSINESS_TYPES,
    FIVE_CLASSES,
    MONTH_STATUSES,
    ROLES,
)
from openbureau.core.leaf import EventKind
from openbureau.core.products import Product
from openbureau.core.purpose import PURPOSES
from openbureau.core.refusal import TITLES
from openbureau.core.staff import STAFF_REASONS
from openbureau.core.subject import mask_id
from openbureau.jobs.context import Bureau
from openbureau.jobs.subject.diary import DiaryEntry
from openbureau.law.rules import RULE_IDS, Citation
from openbureau.law.workdays import civil_day
from openbureau.web.pages.drawings import gauge, points_bar
from openbureau.web.pages.language import Formats
from openbureau.web.pages.paper import Paper
from openbureau.web.pages.signed import N_
from openbureau.web.report.view import further_sections, product_words

NO_ROW = ("当月没有记录", "no record for this month")
_TONES = {"N": "fine", "*": "fine", "C": "closed", "M": "slow", "A": "none", "#": "none", "/": "none", "1": "late-1"}
_TONES |= {"2": "late-2", "3": "late-3", "4": "late-4", "5": "late-4", "6": "late-5", "7": "late-5"}

KINDS: dict[str, tuple[str, str]] = {
    EventKind.INQUIRY: (N_("saw your report"), "shown"),
    EventKind.INQUIRY_REFUSED: (N_("asked for your report and was refused"), "stopped"),
    EventKind.CONSENT_GIVEN: (N_("gave a consent"), "own"),
    EventKind.CONSENT_WITHDRAWN: (N_("withdrew a consent"), "own"),
    EventKind.FURNISHING: (N_("sent information about you"), "other"),
    EventKind.CORRECTION: (N_("corrected information about you"), "other"),
    EventKind.DISPUTE_OPENED: (N_("opened a dispute"), "own"),
    EventKind.DISPUTE_CLOSED: (N_("closed a dispute"), "other"),
    EventKind.FREEZE: (N_("froze the file"), "own"),
    EventKind.UNFREEZE: (N_("lifted the freeze"), "own"),
    EventKind.STATEMENT: (N_("added a statement"), "own"),
    EventKind.RELIEF: (N_("applied a relief measure"), "other"),
    EventKind.NOTICE: (N_("was sent a notice"), "other"),
    EventKind.RESERVATION: (N_("reserved a limit"), "other"),
    EventKind.LINK: (N_("linked two records"), "other"),
    EventKind.UNLINK: (N_("undid a link"), "other"),
    EventKind.MODEL_RUN: (N_("ran a model"), "other"),
    EventKind.SELF_ACCESS: (N_("looked at your own report"), "own"),
    EventKind.STAFF_VIEW: (N_("looked at your file as staff"), "shown"),
    EventKind.EXPORT: (N_("exported records"), "other"),
    EventKind.OPENING: (N_("opened a record for review"), "shown"),
    EventKind.ERASURE: (N_("erased records"), "other"),
}
"""What an event is called in the diary, and its tone."""
LESS_THAN_A_REPORT = N_("got an answer about you")
ON_PAPER = (N_("entered a consent that you are said to have signed on paper"), "shown")

SPECIALS = {
    "no-record": N_("nothing of this kind on file"),
    "too-new": N_("too new to tell"),
    "never-late": N_("never late"),
}
OUTCOMES = {"answered": N_("Report given"), "refused": N_("Refused"), "no-hit": N_("Nothing on file")}


def report_view(bureau: Bureau, report: dict[str, Any], write: Formats) -> dict[str, Any]:
    """The rows of a person's own report."""
    accounts = [_account(bureau, found, write) for found in report["accounts"]]
    identity = report["identity"]
    return {
        "report": report,
        "name": identity["name"],
        "number": mask_id(identity["id_number"]),
        "score": _score(bureau, report["score"], write),
        "tiles": _tiles(report),
        "accounts": accounts,
        "further": further_sections(report, write, name=lambda member: member_name(bureau, member, write)),
        "legend": _legend(report["accounts"], write),
        "inquiries": [
            found
            | {
                "by": member_name(bureau, found["by"], write),
                "purpose": purpose_name(found["purpose"], write),
                "outcome": OUTCOMES[found["outcome"]],
                "is_refused": found["outcome"] == "refused",
            }
            for found in report["inquiries"]
        ],
        "articles": articles(
            bureau,
            (
                "crr.report.own",
                "pipl.right.access_copy",
                "crr.negative.retention_years",
                "crr.reference_only",
                "dispute.response_days",
            ),
        ),
    }


def _score(bureau: Bureau, found: dict[str, Any] | None, write: Formats) -> dict[str, Any] | None:
    if found is None or found["value"] is None:
        return None
    card = bureau.scorecards[found["scorecard"]][0]
    standing = found["standing"]["zh" if write.is_chinese else "en"]
    most = max(abs(part["points"]) for part in found["points"])
    rows = [_points(part, most, write) for part in found["points"]]
    by_name = {row["code"]: row for row in rows}
    words = f"{found['value']} ({card.lowest}-{card.highest})"
    return {
        "value": found["value"],
        "gauge": gauge(found["value"], card.lowest, card.highest, words=words),
        "lowest": card.lowest,
        "highest": card.highest,
        "scorecard": found["scorecard"],
        "digest": found["scorecard_digest"],
        "standing": standing,
        "sum": found["sum"],
        "rows": rows,
        "reasons": [by_name[reason["code"]] for reason in found["reasons"]],
    }


def _points(part: dict[str, Any], most: int, write: Formats) -> dict[str, Any]:
    info = BY_NAME[part["attribute"]]
    return {
        "code": info.name,
        "name": write.pick((info.zh, info.en)),
        "family": write.pick(FAMILIES[info.family]),
        "value": part["value"],
        "unit": info.unit,
        "band": write.pick(MONTH_STATUSES[str(part["value"])]) if info.unit == "status band" and part["value"] else "",
        "special": SPECIALS.get(part["special"] or ""),
        "points": part["points"],
        "reference": part["reference"],
        "short": part["points"] - part["reference"],
        "bar": points_bar(part["points"], most),
        "can_change": info.can_change,
    }


def _tiles(report: dict[str, Any]) -> dict[str, Any]:
    """Totals over all account types; amounts only of the first currency, each of the others has its own line."""
    totals: dict[str, dict[str, int]] = {}
    for row in report["summary"]["by_account_type"]:
        into = totals.setdefault(row["currency"], dict.fromkeys(("limit_fen", "balance_fen", "overdue_fen"), 0))
        for name in into:
            into[name] += row[name]
    return {
        "accounts": sum(row["accounts"] for row in report["summary"]["by_account_type"]),
        "open": sum(row["open"] for row in report["summary"]["by_account_type"]),
        "amounts": totals or {"CNY": dict.fromkeys(("limit_fen", "balance_fen", "overdue_fen"), 0)},
        "asked": report["inquiry_summary"]["last_month"]["inquiries"],
    }


def member_name(bureau: Bureau, member_id: str, write: Formats) -> str:
    """An institution's name; its id where the act does not name it."""
    member = bureau.members.get(member_id)
    return write.pick((member.name_zh, member.name_en)) if member else member_id


def purpose_name(purpose: str, write: Formats) -> str:
    """A purpose in words."""
    found = PURPOSES.get(purpose)
    return write.pick((found.zh, found.en) if found else STAFF_REASONS.get(purpose, (purpose, purpose)))


def _account(bureau: Bureau, found: dict[str, Any], write: Formats) -> dict[str, Any]:
    status = ACCOUNT_STATUSES.get(found["account_status"])
    grade = FIVE_CLASSES.get(found["five_class"] or "")
    business = BUSINESS_TYPES.get(found["business_type"])
    return found | {
        "furnisher": member_name(bureau, found["furnisher"], write),
        "type": write.pick(ACCOUNT_TYPES[found["account_type"]]),
        "business": write.pick(business) if business else found["business_type"],
        "role": write.pick(ROLES[found["role"]]),
        "is_shared": found["role"] != "borrower",
        "status": write.pick(status).partition(" (")[0] if status else found["account_status"],
        "grade": write.pick(grade) if grade else None,
        "is_overdue": found["overdue_fen"] > 0,
        "years": _years(found["history"], found["currency"], write),
    }


def _years(history: dict[str, Any], currency: str, write: Formats) -> list[dict[str, Any]]:
    """One row a calendar year, newest first, of twelve cells; None where the history does not reach."""
    year, month = (int(part) for part in history["first_month"].split("-"))
    rows: dict[int, list[dict[str, Any] | None]] = {}
    for at, status in enumerate(history["statuses"]):
        number = year * 12 + month - 1 + at
        row = rows.setdefault(number // 12, [None] * 12)
        overdue = history["overdue_fen"][at]
        row[number % 12] = {
            "mark": "–" if status == "/" else status,
            "tone": tone(status),
            "words": write.pick(MONTH_STATUSES.get(status, NO_ROW)),
            "overdue": write.money(overdue, currency) if overdue else None,
        }
    return [{"year": made, "cells": rows[made]} for made in sorted(rows, reverse=True)]


def tone(status: str) -> str:
    """The colour group of a monthly status; what is worse than overdue is one group."""
    return _TONES.get(status, "lost")


def _legend(accounts: Iterable[dict[str, Any]], write: Formats) -> list[dict[str, str]]:
    """The statuses that occur, in the order of the code table."""
    seen = {status for found in accounts for status in found["history"]["statuses"]}
    known = [status for status in MONTH_STATUSES if status in seen]
    rows = [{"mark": one, "tone": tone(one), "words": write.pick(MONTH_STATUSES[one])} for one in known]
    if "/" in seen:
        rows.append({"mark": "–", "tone": tone("/"), "words": write.pick(NO_ROW)})
    return rows


def articles(bureau: Bureau, rule_ids: Sequence[str]) -> list[Citation]:
    """The articles of these rules as they hold today."""
    return list(bureau.rulebook(civil_day(bureau.clock())).cite(*rule_ids))


ALERTS = {True: N_("watches your file from now on"), False: N_("was told of a change in your file")}
"""What an inquiry of the product `alert` did, by whether it began the watching."""
WATCHING = RULE_IDS["monitor_start_free"] + ";"


def diary_view(entries: Sequence[DiaryEntry], paper: Paper, language: str) -> dict[str, Any]:
    """The rows of a diary, and how many inquiries were answered and refused."""
    write = paper.formats[language]
    rows = [_entry(entry, write) for entry in entries]
    return {
        "entries": rows,
        "shown": sum(row["tone"] == "shown" for row in rows),
        "stopped": sum(row["tone"] == "stopped" for row in rows),
        "waiting": sum(row["index"] is None for row in rows),
    }


def _entry(entry: DiaryEntry, write: Formats) -> dict[str, Any]:
    words, mood = KINDS.get(entry.kind, (entry.kind, "other"))
    disclosed = product_words(entry.product, write) if entry.kind == EventKind.INQUIRY else []
    if disclosed:
        words = LESS_THAN_A_REPORT
    if entry.kind == EventKind.CONSENT_GIVEN and entry.actor != "subject":
        words, mood = ON_PAPER
    if entry.kind == EventKind.INQUIRY and entry.product == Product.ALERT:
        words = ALERTS[entry.price.startswith(WATCHING)]
    return {
        "at": entry.at,
        "is_own": entry.actor == "subject",
        "who": write.pick((entry.actor_zh, entry.actor_en)),
        "words": words,
        "tone": mood,
        "purpose": purpose_name(entry.purpose, write) if entry.purpose in PURPOSES | STAFF_REASONS else None,
        "lender": write.pick((entry.lender.name_zh, entry.lender.name_en)) if entry.lender else None,
        "refusal": write.pick((TITLES[entry.refusal][1], TITLES[entry.refusal][0])) if entry.refusal else None,
        "code": entry.refusal.value if entry.refusal else None,
        "citations": entry.citations,
        "leaf": entry.leaf_hash,
        "index": entry.leaf_index,
        "seq": entry.seq,
        "price": entry.price,
        "disclosed": disclosed,
    }
