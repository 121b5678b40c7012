"""How do the records of an answer read: accounts with their months, duties, public records, inquiries?"""

from typing import Any

from openbureau.core.furnishing import codes
from openbureau.web.report.read import Json, Reader, Section
from openbureau.web.report.words import NO_ROW, OUTCOMES


def accounts(read: Reader, found: list[Json]) -> Section:
    """Every account with its facts and its months."""
    section = Section("accounts", read.label("accounts"), records=[_account(read, one) for one in found])
    if not found:
        section.notes.append(read.label("nothing"))
    return section


def _account(read: Reader, one: Json) -> dict[str, Any]:
    """One account: who, what, its facts, its years of months."""
    currency = one["currency"]
    facts = [
        (read.label("status"), read.code(codes.ACCOUNT_STATUSES, one["account_status"])),
        (read.label("limit_fen"), read.money(one["limit_fen"], currency)),
        (read.label("balance_fen"), read.money(one["balance_fen"], currency)),
        (read.label("overdue_fen"), read.money(one["overdue_fen"], currency)),
        (read.label("opened_on"), read.write.day(one["opened_on"])),
    ]
    facts += [
        (read.label(key), read.write.day(one[key])) for key in ("closed_on", "due_on") if one[key] is not None
    ]  # fmt: skip
    if one["five_class"]:
        facts.append((read.label("five_class"), read.code(codes.FIVE_CLASSES, one["five_class"])))
    if one["role"] != "borrower":
        facts.append((read.label("role"), read.code(codes.ROLES, one["role"])))
    if latest := one["latest"]:
        told = (
            f"{latest['month']}: {read.money(latest['due_fen'], currency)} / {read.money(latest['paid_fen'], currency)}"
        )
        facts.append((read.label("due-paid"), told))
    if shares := one.get("shares"):
        facts.append(
            (
                read.label("shares"),
                ", ".join(f"{read.name(row['funder'])} {row['share_bp'] / 100:g}%" for row in shares),
            )
        )
    facts.append((read.label("as_of_on"), read.write.day(one["as_of_on"])))
    kind, business = (
        read.code(codes.ACCOUNT_TYPES, one["account_type"]),
        read.code(codes.BUSINESS_TYPES, one["business_type"]),
    )
    return {
        "title": read.name(one["furnisher"]),
        "sub": f"{business} · {kind}",
        "facts": facts,
        "years": years(one["history"]),
    }


def years(history: Json) -> list[dict[str, Any]]:
    """One row a calendar year, newest first, of twelve marks; empty where the history does not reach."""
    first: str = history["first_month"]
    rows: dict[int, list[str]] = {}
    for at, status in enumerate(history["statuses"], int(first[:4]) * 12 + int(first[5:]) - 1):
        rows.setdefault(at // 12, [""] * 12)[at % 12] = "–" if status == "/" else status
    return [{"year": str(made), "cells": rows[made]} for made in sorted(rows, reverse=True)]


def duties(read: Reader, found: list[Json]) -> Section | None:
    """Guarantees given; None where there are none."""
    rows = [
        [
            read.name(one["furnisher"]), read.code(codes.GUARANTEE_KINDS, one["kind"]),
            read.code(codes.GUARANTEE_STATUSES, one["status"]), read.write.day(one["ends_on"]),
            read.money(one["amount_fen"], one["currency"]), read.money(one["outstanding_fen"], one["currency"]),
        ]
        for one in found
    ]  # fmt: skip
    table = read.table(("furnisher", "kind", "status", "ends_on", "amount_fen", "balance_fen"), rows, numbers=2)
    return Section("linked_duties", read.label("linked_duties"), tables=[table]) if rows else None


def public_records(read: Reader, found: list[Json]) -> Section | None:
    """Public records; None where there are none."""
    records = [
        {
            "title": read.code(codes.PUBLIC_KINDS, one["kind"]),
            "sub": " · ".join(filter(None, (one["issuer"], one["case_no"]))),
            "facts": [
                (read.label("status"), read.code(codes.PUBLIC_STATUSES, one["status"])),
                (read.label("decided_on"), read.write.day(one["decided_on"])),
                (read.label("ended_on"), read.write.day(one["ended_on"])),
                (read.label("amount_fen"), read.money(one["amount_fen"])),
                (read.label("as_of_on"), read.write.day(one["as_of_on"])),
            ],
            "years": [],
        }
        for one in found
    ]
    return Section("public_records", read.label("public_records"), records=records) if records else None


def statements(read: Reader, found: list[Json]) -> Section | None:
    """The person's own words; None where there are none."""
    rows = [[read.write.day(one["made_on"]), one["words"]] for one in found]
    table = read.table(("day", "words"), rows)
    return Section("statements", read.label("statements"), tables=[table]) if rows else None


def inquiries(read: Reader, found: list[Json]) -> Section:
    """Who asked."""
    rows = [
        [
            read.write.day(one["asked_on"]),
            read.name(one["by"]),
            read.purpose(one["purpose"]),
            read.code(OUTCOMES, one["outcome"]),
        ]
        for one in found
    ]
    table = read.table(("day", "by", "purpose", "outcome"), rows)
    return Section(
        "inquiries", read.label("inquiries"), tables=[table] if rows else [], notes=[] if rows else [read.label("nobody")]
    )  # fmt: skip


def elsewhere(read: Reader, found: list[Json]) -> Section | None:
    """Who asked elsewhere; None where nobody did."""
    rows = [
        [
            read.write.day(one["asked_on"]), read.name(one["by"]), read.code(codes.INSTITUTION_KINDS, one["kind"]),
            read.code(codes.INQUIRY_REASONS, one["reason"]),
        ]
        for one in found
    ]  # fmt: skip
    table = read.table(("day", "by", "kind", "purpose"), rows)
    return Section("inquiries_elsewhere", read.label("inquiries_elsewhere"), tables=[table]) if rows else None


def platform_use(read: Reader, found: list[Json]) -> Section | None:
    """Use of platforms by month; None where nothing is held."""
    if not found:
        return None
    rows = [
        [
            read.name(one["furnisher"]), read.code(codes.SERVICES, one["service"]), one["month"],
            read.code(codes.DAY_BANDS, one["active_band"]), read.code(codes.AMOUNT_BANDS, one["spend_band"]),
            read.count(one["bills"]), read.count(one["bills_late"]), read.money(one["overdue_fen"]),
        ]
        for one in found
    ]  # fmt: skip
    heads = ("furnisher", "service", "month", "active_band", "spend_band", "bills", "bills_late", "overdue_fen")
    tables = [read.table(heads, rows, numbers=3), _agreed(read, found)]
    return Section("platform_use", read.label("platform_use"), tables=tables, notes=[read.label("yours")])


def business(read: Reader, found: list[Json]) -> Section | None:
    """Business activity by month; None where nothing is held."""
    if not found:
        return None
    rows = [
        [
            read.name(one["furnisher"]), one["month"], read.money(one["turnover_fen"]), read.money(one["refund_fen"]),
            read.count(one["orders"]), read.count(one["customers"]), read.count(one["active_days"]),
            "–" if one["largest_bp"] is None else f"{one['largest_bp'] / 100:g}%", read.count(one["penalties"]),
        ]
        for one in found
    ]  # fmt: skip
    heads = (
        "furnisher", "month", "turnover_fen", "refund_fen", "orders", "customers", "active_days", "largest_bp", "penalties",
    )  # fmt: skip
    tables = [read.table(heads, rows, numbers=7), _agreed(read, found)]
    return Section("business", read.label("business"), tables=tables, notes=[read.label("yours")])


def _agreed(read: Reader, found: list[Json]) -> dict[str, Any]:
    """On which days the person agreed and was warned, and was told of what is adverse: each once."""
    keys = tuple(key for key in ("consent_given_on", "notice_on", "adverse_notified_on") if key in found[0])
    seen = dict.fromkeys((one["furnisher"], *(one[key] for key in keys)) for one in found)
    rows = [[read.name(who), *(read.write.day(day) for day in days)] for who, *days in seen]
    return read.table(("furnisher", *keys), rows)


def legend(accounts: list[Json], read: Reader) -> list[tuple[str, str]]:
    """The marks that occur, in the order of the code table."""
    seen = {status for one in accounts for status in one["history"]["statuses"]}
    rows = [(one, read.write.pick(codes.MONTH_STATUSES[one])) for one in codes.MONTH_STATUSES if one in seen]
    return [*rows, ("–", read.write.pick(NO_ROW))] if "/" in seen else rows
