"""How do public research credit histories come in through the same door?

Reads the bureau tables of the Home Credit sample (`bureau`, `bureau_balance`; Parquet or CSV) and tells them as
openbureau/1 records under made-up identities.  What the source does not say is left out; what it says and the checks
refuse becomes a finding.  Promises: one record for each tradeline and each monthly status of the source, one for each
subject; the same number always gets the same identity; memory holds one row group or one account's months.

What is mapped to what, and what was made up, is told in docs/guide/home-credit.md.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from openbureau.core.credit_file import ADVERSE, month_number, month_text
from openbureau.core.furnishing.parquet import ParquetMissing
from openbureau.core.subject import PERSON_ID
from openbureau.lab.chance import source
from openbureau.lab.names import RESEARCH_REGION
from openbureau.lab.people import full_name, id_number, place_of_birth

FURNISHER = "hc-furnisher"
REFERENCE_ON = date(2026, 6, 30)
"""The source gives days and months before an application without a date; this day stands for every application."""
BIRTH_YEARS = (1950, 2001)
NOTICE_DAY = 15

KINDS = {
    "Credit card": ("R2", "81"),
    "Mortgage": ("D1", "11"),
    "Real estate loan": ("D1", "11"),
    "Car loan": ("D1", "21"),
    "Consumer credit": ("D1", "91"),
    "Cash loan (non-earmarked)": ("D1", "91"),
    "Microloan": ("D1", "91"),
    "Mobile operator loan": ("D1", "91"),
    "Loan for business development": ("D1", "41"),
    "Loan for working capital replenishment": ("D1", "41"),
    "Loan for the purchase of equipment": ("D1", "41"),
}
"""CREDIT_TYPE to account type and business type; any other is a loan of type 99."""
ENDED = {"Closed": {"D1": "3", "R2": "4"}, "Sold": {"D1": "5", "R2": "4"}}
"""CREDIT_ACTIVE of an account that has ended to account status: settled or closed; a sold loan is moved out."""
STATUSES = {"0": "N", "1": "1", "2": "2", "3": "3", "4": "4", "5": "5", "X": "#"}
"""STATUS to monthly status.  5 means more than 120 days with no upper end: told as the lowest band that is certain."""
_BUREAU = (
    "SK_ID_CURR", "SK_ID_BUREAU", "CREDIT_ACTIVE", "CREDIT_TYPE", "DAYS_CREDIT", "DAYS_CREDIT_ENDDATE",
    "DAYS_ENDDATE_FACT", "DAYS_CREDIT_UPDATE", "CREDIT_DAY_OVERDUE", "AMT_CREDIT_SUM", "AMT_CREDIT_SUM_LIMIT",
)  # fmt: skip
_BALANCE = ("SK_ID_BUREAU", "MONTHS_BALANCE", "STATUS")
Record = dict[str, Any]
Row = dict[str, Any]


class NoHomeCredit(FileNotFoundError):
    """The folder does not hold the tables of the Home Credit sample."""


class HomeCredit:
    """The Home Credit sample as one furnisher's records."""

    def __init__(self, directory: Path, *, reference_on: date = REFERENCE_ON) -> None:
        self._tables = {name: _table(directory, name) for name in ("bureau", "bureau_balance")}
        self._reference_on = reference_on

    def records(self) -> Iterator[Record]:
        """All subjects, then all tradelines, then all months (of each account oldest first)."""
        return chain(self.subjects(), self.tradelines(), self.months())

    def people(self) -> tuple[int, ...]:
        """The numbers (SK_ID_CURR) of everybody with a tradeline, in the order of the source."""
        rows = _rows(self._tables["bureau"], ("SK_ID_CURR",))
        return tuple(dict.fromkeys(int(row["SK_ID_CURR"]) for row in rows))

    def subjects(self) -> Iterator[Record]:
        """One record a person, marked synthetic."""
        for number in self.people():
            made, name = identity(number)
            yield {
                "record": "subject", "subject_ref": f"hc-{number}", "kind": "person", "id_kind": PERSON_ID,
                "id_number": made, "name": name, "region": RESEARCH_REGION, "synthetic": True,
            }  # fmt: skip

    def tradelines(self) -> Iterator[Record]:
        """One record a row of `bureau`."""
        for row in _rows(self._tables["bureau"], _BUREAU):
            yield self._tradeline(row)

    def months(self) -> Iterator[Record]:
        """One record a row of `bureau_balance`."""
        reference = month_number(self._reference_on)
        for number, rows in groupby(_rows(self._tables["bureau_balance"], _BALANCE), key=itemgetter("SK_ID_BUREAU")):
            series = sorted((int(row["MONTHS_BALANCE"]), str(row["STATUS"])) for row in rows)
            statuses = month_statuses([status for _, status in series], is_closed=int(number) in self._closed)
            for (before, _), status in zip(series, statuses, strict=True):
                month = month_text(reference + before)
                record = {"record": "month", "account_no": f"hc-{number}", "month": month, "status": status}
                if status in ADVERSE:
                    record["adverse_notified_on"] = f"{month}-{NOTICE_DAY}"
                yield record

    @cached_property
    def _closed(self) -> frozenset[int]:
        """Numbers of the accounts that the source calls closed."""
        rows = _rows(self._tables["bureau"], ("SK_ID_BUREAU", "CREDIT_ACTIVE"))
        return frozenset(int(row["SK_ID_BUREAU"]) for row in rows if row["CREDIT_ACTIVE"] == "Closed")

    def _day(self, value: Any) -> str | None:
        days = _number(value)
        return None if days is None else (self._reference_on + timedelta(days=int(days))).isoformat()

    def _tradeline(self, row: Row) -> Record:
        account_type, business_type = KINDS.get(row["CREDIT_TYPE"], ("D1", "99"))
        record = {
            "record": "tradeline", "account_no": f"hc-{row['SK_ID_BUREAU']}", "subject_ref": f"hc-{row['SK_ID_CURR']}",
            "role": "borrower", "account_type": account_type, "business_type": business_type,
            "opened_on": self._day(row["DAYS_CREDIT"]), "due_on": self._day(row["DAYS_CREDIT_ENDDATE"]),
            "closed_on": self._day(row["DAYS_ENDDATE_FACT"]), "currency": "XXX", "limit_fen": _limit(row, account_type),
            "account_status": _account_status(row, account_type), "as_of_on": self._day(row["DAYS_CREDIT_UPDATE"]),
        }  # fmt: skip
        return {name: value for name, value in record.items() if value is not None}


def identity(sk_id_curr: int) -> tuple[str, str]:
    """The made-up identity number and name of a person of the sample; no two numbers of the source share one."""
    region, born, serial = place_of_birth(
        sk_id_curr, (RESEARCH_REGION,), years=BIRTH_YEARS, serials=(1, 999), key=("home-credit",)
    )
    gender = "male" if serial % 2 else "female"
    return id_number(region, born, serial), full_name(source("home-credit", sk_id_curr), gender)


def month_statuses(statuses: list[str], *, is_closed: bool) -> list[str]:
    """The monthly statuses of one account, oldest first.

    The source writes C (closed) for every month since the closing.  Here C stands once, in the month of the closing:
    the first of the last unbroken run of C, if the account is closed and something came before.  Every other C is `*`,
    nothing due and no arrears.
    """
    found = [STATUSES.get(status, "*") for status in statuses]
    start = len(statuses)
    while start and statuses[start - 1] == "C":
        start -= 1
    if is_closed and 0 < start < len(statuses):
        found[start] = "C"
    return found


def _limit(row: Row, account_type: str) -> int:
    """Amount of the credit in hundredths; for a card without one, its limit.  Zero stays zero: that is a finding."""
    amount = _number(row["AMT_CREDIT_SUM"]) or 0.0
    if not amount and account_type == "R2":
        amount = max(_number(row["AMT_CREDIT_SUM_LIMIT"]) or 0.0, 0.0)
    return round(amount * 100)


def _account_status(row: Row, account_type: str) -> str:
    ended = ENDED.get(row["CREDIT_ACTIVE"])
    if ended:
        return ended[account_type]
    is_overdue = (_number(row["CREDIT_DAY_OVERDUE"]) or 0) > 0
    return "2" if is_overdue and account_type == "D1" else "1"


def _number(value: Any) -> float | None:
    """A number of the source; None for what it leaves empty."""
    if value is None or value == "":
        return None
    number = float(value)
    return None if number != number else number  # noqa: PLR0124  not a number is the only one unlike itself


def _table(directory: Path, name: str) -> Path:
    for ending in ("parquet", "csv"):
        path = directory / f"{name}.{ending}"
        if path.is_file():
            return path
    raise NoHomeCredit(f"{directory} holds neither {name}.parquet nor {name}.csv: name the folder of the sample")


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a table, some columns only."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as opened:
            yield from csv.DictReader(opened)
        return
    try:
        from pyarrow import parquet
    except ImportError:
        raise ParquetMissing(ParquetMissing.__doc__) from None
    with parquet.ParquetFile(path) as opened:
        batches: Iterable[Any] = opened.iter_batches(batch_size=8192, columns=list(columns))
        for batch in batches:
            yield from batch.to_pylist()
