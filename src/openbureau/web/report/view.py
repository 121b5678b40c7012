"""What does an answer say, in words?

Turns the JSON of any answer (a report, a person's own or a lender's, or a product that is less) into titled sections of facts,
tables and months, in one language.  Pages and papers only write these down, so that a person and a lender read the same words.
Pure: reads no store and no clock.  Promises: every block of an answer has a section; a code without words is shown as it is.
"""

from collections.abc import Callable
from typing import Any

from openbureau.core.attribute_list import BY_NAME, FAMILIES
from openbureau.core.furnishing import codes
from openbureau.core.products import AGAIN
from openbureau.core.questions import QUESTIONS
from openbureau.web.pages.language import Formats
from openbureau.web.report import records
from openbureau.web.report.read import Json, Name, Reader, Section, View
from openbureau.web.report.words import ANSWERS, GLOSSARY, LABELS, OUTCOMES, PRODUCTS, SANDBOX, SPECIALS, UNITS


def answer_view(answer: Json, write: Formats, *, name: Name) -> View:
    """Any answer in words; `name` puts an institution's id into words and leaves letters as they are."""
    read = Reader(write, name)
    makers: dict[str, Callable[[Reader, Any], Section | None]] = {
        "identity": _identity,
        "score": _score,
        "attributes": _attributes,
        "answers": _answers,
        "changes": _changes,
        "summary": _summary,
        "public_summary": _public_summary,
        "inquiry_summary": _inquiry_summary,
        "accounts": records.accounts,
        "linked_duties": records.duties,
        "public_records": records.public_records,
        "statements": records.statements,
        "inquiries": records.inquiries,
        "inquiries_elsewhere": records.elsewhere,
        "platform_use": records.platform_use,
        "business": records.business,
    }
    sections = [made for block, make in makers.items() if block in answer and (made := make(read, answer[block]))]
    header = answer["header"]
    product = str(header["product"]).partition(";")[0]
    return View(
        title=write.pick(PRODUCTS["own-report" if header["purpose"] == "own-report" else product]),
        stamps=_stamps(answer, write),
        header=[
            (read.label("report_id"), header["report_id"]),
            (read.label("made_at"), write.instant(header["made_at"])),
            (read.label("known_as_of"), write.instant(header["known_as_of"])),
            (read.label("asked_by"), _asker(header, read)),
            (read.label("outcome"), read.code(OUTCOMES, header["outcome"])),
        ],
        sections=sections,
        legend=records.legend(answer.get("accounts", []), read),
        glossary=[(write.pick(word), write.pick(told)) for word, told in GLOSSARY],
        notice=answer["notice"],
    )


def product_words(text: str, write: Formats) -> list[str]:
    """What was disclosed, in words, from the product as it stands in a leaf; nothing for a plain report."""
    name, *rest = text.split(";")
    found = [] if name in {AGAIN, "report"} else [write.pick(PRODUCTS[name])] if name in PRODUCTS else [name]
    if name == AGAIN:
        return [write.pick(LABELS["again"])]
    for part in rest:
        if part.startswith("as-of="):
            found.append(f"{write.pick(LABELS['known_as_of'])} {write.instant(part.removeprefix('as-of='))}")
        else:
            asked = [QUESTIONS[one] for one in part.split(",") if one in QUESTIONS]
            found += [write.pick((row.zh, row.en)) for row in asked]
    return found


def further_sections(report: Json, write: Formats, *, name: Name) -> list[Section]:
    """What a person's report tells beside accounts and our own inquiries, from duties to the use of platforms."""
    makers = {
        "linked_duties": records.duties,
        "public_records": records.public_records,
        "statements": records.statements,
        "inquiries_elsewhere": records.elsewhere,
        "platform_use": records.platform_use,
        "business": records.business,
    }
    read = Reader(write, name)
    return [made for block, make in makers.items() if (made := make(read, report[block]))]


def _asker(header: Json, read: Reader) -> str:
    if header["purpose"] == "own-report":
        return read.label("you")
    return f"{read.name(header['asked_by'])} · {read.purpose(header['purpose'])}"


def _stamps(answer: Json, write: Formats) -> list[str]:
    """What stands across the head: made-up data, and the standing of the score."""
    found = [write.pick(SANDBOX)] if answer["synthetic"] else []
    score = answer.get("score")
    if score and score["value"] is not None:
        found.append(score["standing"]["zh" if write.is_chinese else "en"])
    return found


def _identity(read: Reader, found: Json) -> Section:
    facts = [
        (read.label("name"), found["name"]),
        (read.label("id_kind"), read.code(codes.ID_KINDS, found["id_kind"])),
        (read.label("id_number"), found["id_number"]),
        (read.label("kind"), read.code(codes.SUBJECT_KINDS, found["kind"])),
    ]
    return Section("identity", read.label("identity"), facts)


def _score(read: Reader, found: Json | None) -> Section:
    section = Section("score", read.label("score"))
    if found is None or found["value"] is None:
        section.notes.append(read.label("not-enough-data"))
        return section
    section.facts = [(read.label("value"), read.count(found["value"])), (read.label("scorecard"), found["scorecard"])]
    if "band" in found:
        section.facts += [
            (read.label("band"), f"{found['band']} / 5"),
            (read.label("scale"), f"{found['lowest']}-{found['highest']}"),
        ]
    rows = [[read.write.pick(FAMILIES[one["family"]]), _attribute_name(read, one["code"])] for one in found["reasons"]]
    section.tables = [read.table(("family", "reason"), rows)] if rows else []
    if found.get("points"):
        section.tables.append(
            read.table(
                ("attribute", "figure", "points", "reference"),
                [
                    [
                        _attribute_name(read, one["attribute"]), _figure(read, one["attribute"], one),
                        read.write.signed(one["points"]), read.write.signed(one["reference"]),
                    ]
                    for one in found["points"]
                ],
                numbers=2,
            )
        )  # fmt: skip
        total = found["sum"]
        section.facts.append((read.label("sum"), f"{total['base']} → {total['total']} → {found['value']}"))
    section.notes.append(found["standing"]["zh" if read.write.is_chinese else "en"])
    return section


def _attribute_name(read: Reader, name: str) -> str:
    return read.write.pick((BY_NAME[name].zh, BY_NAME[name].en))


def _figure(read: Reader, name: str, found: Json) -> str:
    """A figure with its unit, or in words why there is none."""
    if found["value"] is None:
        return read.code(SPECIALS, found["special"])
    unit = BY_NAME[name].unit
    if unit == "fen":
        return read.money(found["value"])
    if unit == "per mille":
        return read.write.share(found["value"])
    if unit == "status band":
        return read.code(codes.MONTH_STATUSES, str(found["value"])) if found["value"] else read.label("none-late")
    return f"{read.count(found['value'])} {read.code(UNITS, unit)}"


def _attributes(read: Reader, found: list[Json]) -> Section:
    rows = [[_attribute_name(read, one["name"]), _figure(read, one["name"], one)] for one in found]
    return Section("attributes", read.label("attributes"), tables=[read.table(("attribute", "figure"), rows)])


def _answers(read: Reader, found: list[Json]) -> Section:
    rows = [[read.write.pick((QUESTIONS[one["id"]].zh, QUESTIONS[one["id"]].en)), _told(read, one)] for one in found]
    return Section("answers", read.label("answers"), tables=[read.table(("question", "answer"), rows)])


def _told(read: Reader, one: Json) -> str:
    if one["answer"] in ANSWERS:
        return read.code(ANSWERS, one["answer"])
    return f"{one['answer']} {read.code(UNITS, one['unit'])}"


def _changes(read: Reader, found: Json | None) -> Section:
    section = Section("changes", read.label("changes"))
    if found is None:
        section.notes.append(read.label("no-earlier-look"))
        return section
    rows = []
    for block in ("accounts", "linked_duties", "public_records"):
        told = found[block]
        rows.append([read.label(block), *(read.count(len(told[kind])) for kind in ("new", "gone", "changed"))])
    rows.append([read.label("inquiries"), read.count(len(found["inquiries"]["new"])), "–", "–"])
    section.tables = [read.table(("block", "new", "gone", "changed"), rows, numbers=3)]
    months = [
        [read.name(one["furnisher"]), month["month"], _cell(read, month["before"]), _cell(read, month["after"])]
        for one in found["accounts"]["changed"]
        for month in one["months"]
    ]
    if months:
        section.tables.append(read.table(("furnisher", "month", "before", "after"), months))
    return section


def _cell(read: Reader, cell: Json | None) -> str:
    return read.code(codes.MONTH_STATUSES, cell["status"]) if cell else "–"


def _summary(read: Reader, found: Json) -> Section:
    def kind(row: Json) -> list[str]:
        return [read.code(codes.ACCOUNT_TYPES, row["account_type"])]

    def amounts(row: Json, *names: str) -> list[str]:
        return [read.money(row[name], row["currency"]) for name in names]

    totals = [
        [*kind(row), read.count(row["accounts"]), read.count(row["open"]),
         *amounts(row, "limit_fen", "balance_fen", "overdue_fen")]
        for row in found["by_account_type"]
    ]  # fmt: skip
    overdue = [
        [*kind(row), read.count(row["accounts"]), read.count(row["months"]), *amounts(row, "highest_fen"),
         read.count(row["longest_run"])]
        for row in found["overdue"]
    ]  # fmt: skip
    duties = [
        [read.code(codes.ROLES | {"guarantee": LABELS["guarantee"]}, row["role"]), read.count(row["duties"]),
         *amounts(row, "amount_fen", "balance_fen")]
        for row in found["linked_duties"]
    ]  # fmt: skip
    bad = [
        [read.label(name), read.count(row["accounts"]), *amounts(row, "balance_fen")]
        for name in ("recovered", "bad_debts")
        for row in found[name]
    ]
    tables = [
        (("account_type", "accounts", "open", "limit_fen", "balance_fen", "overdue_fen"), totals),
        (("overdue-by-type", "accounts", "months", "highest_fen", "longest_run"), overdue),
        (("bad", "accounts", "balance_fen"), bad),
        (("duty", "duties", "amount_fen", "balance_fen"), duties),
    ]
    return Section(
        "summary", read.label("summary"),
        tables=[read.table(heads, rows, numbers=len(heads) - 1) for heads, rows in tables if rows],
        notes=[] if totals else [read.label("nothing")],
    )  # fmt: skip


def _public_summary(read: Reader, found: list[Json]) -> Section | None:
    rows = [
        [read.code(codes.PUBLIC_KINDS, row["kind"]), read.count(row["records"]), read.money(row["amount_fen"])]
        for row in found
    ]
    table = read.table(("kind", "records", "amount_fen"), rows, numbers=2)
    return Section("public_summary", read.label("public_summary"), tables=[table]) if rows else None


def _inquiry_summary(read: Reader, found: Json) -> Section:
    month, years, last = found["last_month"], found["last_two_years"], found["last"]
    facts = [
        (read.label("asked-month"), f"{read.count(month['inquiries'])} / {read.count(month['lenders'])}"),
        (read.label("asked-years"), f"{read.count(years['inquiries'])} / {read.count(years['lenders'])}"),
        (read.label("post-loan"), read.count(years["post_loan"])),
        (read.label("refused"), read.count(found["refused"])),
    ]
    if last:
        told = f"{read.write.day(last['asked_on'])}, {read.name(last['by'])}, {read.purpose(last['purpose'])}"
        facts.insert(0, (read.label("last"), told))
    return Section("inquiry_summary", read.label("inquiry_summary"), facts)
