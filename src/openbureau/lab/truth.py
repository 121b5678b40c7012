"""What is really so in the synthetic country?

Known truth as versioned tables, kept apart from what is furnished: who everyone is, how they are, what struck them, which
account is whose, who went into default.  Learning is measured against it.  A country with mishaps
has one table more; the tables of a version never change.  The columns are described in docs/specs/synthetic-country.md.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from openbureau.core.credit_file import month_text
from openbureau.lab.accounts import Owner
from openbureau.lab.country import Country
from openbureau.lab.loans import is_default

TRUTH_VERSION = "v1"
Row = dict[str, Any]


def truth(country: Country) -> Mapping[str, Iterator[Row]]:
    """The rows of each table by name: people, firms, accounts, shocks, and identity where the country has mishaps.

    Each can be read once.
    """
    further = {"identity": _identity(country)} if country.has_mishaps else {}
    return {
        "people": _people(country),
        "firms": _firms(country),
        "accounts": _accounts(country),
        "shocks": _shocks(country),
        **further,
    }


def write_truth(country: Country, directory: Path) -> dict[str, Path]:
    """Write `truth/v1/<table>.jsonl` and `truth/v1/country.json` under a directory; the paths by table."""
    target = directory / "truth" / TRUTH_VERSION
    target.mkdir(parents=True, exist_ok=True)
    made = {}
    for name, rows in truth(country).items():
        made[name] = target / f"{name}.jsonl"
        with made[name].open("wb", buffering=1 << 20) as out:
            out.writelines(msgspec.json.encode(row) + b"\n" for row in rows)
    made["country"] = target / "country.json"
    made["country"].write_bytes(msgspec.json.encode(_country(country)) + b"\n")
    return made


def _country(country: Country) -> Row:
    return {
        "version": TRUTH_VERSION, "synthetic": True, "seed": country.seed, "people": country.people_count,
        "firms": country.firm_count, "months": country.months, "until": country.until.isoformat(),
        "first_month": month_text(country.span[0]), "last_month": month_text(country.span[1]),
        "furnishers": list(country.furnishers), "cases": dict(country.cases),
    }  # fmt: skip


def _everyone(country: Country) -> Iterator[Owner]:
    yield from country.people
    yield from country.firms


def _people(country: Country) -> Iterator[Row]:
    for person in country.people:
        yield {
            "handle": person.handle, "id_number": person.id_number, "name": person.name, "gender": person.gender,
            "born_on": person.born_on.isoformat(), "region": person.region, "income_band": person.traits.band,
            "prudence": person.traits.prudence, "is_sole_trader": person.is_sole_trader, "case": person.case,
        }  # fmt: skip


def _firms(country: Country) -> Iterator[Row]:
    for firm in country.firms:
        yield {
            "handle": firm.handle, "id_number": firm.id_number, "name": firm.name, "region": firm.region,
            "size_band": firm.traits.band, "prudence": firm.traits.prudence, "case": firm.case,
        }  # fmt: skip


def _accounts(country: Country) -> Iterator[Row]:
    for owner in _everyone(country):
        for account in country.accounts(owner):
            history = country.history(account, owner)
            yield {
                "furnisher_id": account.furnisher_id, "account_no": account.account_no,
                "subject_ref": account.subject_ref, "handle": owner.handle, "product": account.product.name,
                "role": account.role, "opened_on": account.opened_on.isoformat(), "term_months": account.term,
                "limit_fen": account.limit_fen, "first_month": month_text(history.rows[0][0]),
                "months": len(history.rows), "worst_late": history.worst, "late_now": history.late,
                "is_default": is_default(history), "is_written_off": history.is_written_off,
                "closed_on": history.closed_on.isoformat() if history.closed_on else None,
            }  # fmt: skip


def _shocks(country: Country) -> Iterator[Row]:
    for owner in _everyone(country):
        for shock in owner.traits.shocks:
            yield {
                "handle": owner.handle, "kind": shock.kind, "first_month": month_text(shock.first_month),
                "months": shock.months,
            }  # fmt: skip


def _identity(country: Country) -> Iterator[Row]:
    """Who each furnished subject really is, and what went wrong in writing it."""
    for furnisher_id in country.furnishers:
        for one in country.written(furnisher_id):
            yield {
                "furnisher_id": furnisher_id, "subject_ref": one.record["subject_ref"], "handle": one.handle,
                "number_of": one.number_of, "mishaps": list(one.mishaps),
            }  # fmt: skip
