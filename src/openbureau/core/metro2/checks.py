"""Is what a Metro 2 record says possible?

The few values on which rules depend make a `Shape`.  Records of the same shape have the same findings, so these are
remembered: a million records are a few thousand shapes.  The tables of rules are the policy, read from top to bottom, each
row with what it breaks, where, and when.  What only the meaning can tell is checked by `core/furnishing/checks.py`.
"""

import re
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from openbureau.core.metro2 import layout
from openbureau.core.metro2.layout import APPENDED, BASE, DIGITS, Kind, Segment
from openbureau.core.metro2.read import Record, day_number, values

Trouble = tuple[str, str]
"""A rule and the value that breaks it."""
MOST_SHAPES = 50_000
LATE = frozenset("123456GHJKL")


class Shape(NamedTuple):
    """What the rules look at."""

    portfolio: str
    account_type: str
    terms: str
    """`LOC`, `REV`, `#` for a number, or what stands there."""
    frequency: str
    status: str
    rating: str
    last: str
    """The newest letter of the history."""
    compliance: str
    interest: str
    ecoa: str
    has_limit: bool
    has_highest: bool
    has_balance: bool
    has_past_due: bool
    has_charge_off: bool
    is_past_due_above_balance: bool
    has_opened: bool
    is_opened_late: bool
    has_as_of: bool
    is_as_of_ahead: bool
    has_delinquency: bool
    is_delinquency_late: bool
    is_delinquency_early: bool
    has_closed: bool
    is_closed_early: bool
    is_closed_late: bool
    is_payment_late: bool
    is_payment_early: bool
    has_account: bool
    has_number: bool
    is_birth_late: bool
    history: int
    is_history_long: bool
    others: tuple[str, ...]
    """Names of the appended segments."""


_AT = BASE.places()
_TERMS = {b"LOC": "LOC", b"REV": "REV"}
_P1, _P2, _P3 = _AT["portfolio_type"], _AT["account_type"], _AT["terms_duration"]
_P4, _P5, _P6 = _AT["terms_frequency"], _AT["account_status"], _AT["payment_rating"]
_P7, _P8, _P9 = _AT["compliance_condition_code"], _AT["interest_type_indicator"], _AT["ecoa_code"]
_LIMIT, _HIGHEST, _BALANCE = _AT["credit_limit"], _AT["highest_credit"], _AT["current_balance"]
_PAST_DUE, _CHARGED = _AT["amount_past_due"], _AT["original_charge_off_amount"]
_ACCOUNT, _HISTORY, _NUMBER = (
    _AT["consumer_account_number"],
    _AT["payment_history_profile"],
    _AT["social_security_number"],
)
_OPENED, _AS_OF, _DELINQUENT = _AT["date_opened"], _AT["date_account_information"], _AT["date_first_delinquency"]
_CLOSED, _PAYMENT, _BORN = _AT["date_closed"], _AT["date_last_payment"], _AT["date_birth"]
_NOUGHT = b"000000000"

BAD_LETTER, JUMP, GAP, EVER_LATE = 1, 2, 4, 8
_LETTERS = "".join(layout.HISTORY).encode()
_JUMP = re.compile("|".join(f"{new}[0-{new - 2}]" for new in range(2, 7)).encode())
_GAP = re.compile(rb"B[^B]")
_LATE = re.compile(rb"[1-6GHJKL]")


class _Traits(dict[bytes, int]):
    """What the rules see in a history, remembered for the commonest."""

    def __missing__(self, content: bytes) -> int:
        found = (
            BAD_LETTER * bool(content.translate(None, _LETTERS))
            | JUMP * bool(_JUMP.search(content))
            | GAP * bool(_GAP.search(content))
            | EVER_LATE * bool(_LATE.search(content))
        )
        if len(self) < MOST_SHAPES:
            self[content] = found
        return found


_traits = _Traits().__getitem__


def _runs(segment: Segment) -> tuple[slice, ...]:
    """Neighbouring values of digits as one place each: looked at together."""
    runs: list[slice] = []
    for slot in segment.slots:
        place = segment.places()[slot.name]
        if slot.kind in DIGITS or slot.kind is Kind.LENGTH:
            if runs and runs[-1].stop == place.start:
                runs[-1] = slice(runs[-1].start, place.stop)
            else:
                runs.append(place)
    return tuple(runs)


_R1, _R2, _R3, _R4, _R5 = _runs(BASE)
_APPENDED = {segment.name: segment for segment in APPENDED.values()}
_PLACES = {name: segment.places() for name, segment in _APPENDED.items()}


def is_formed(base: bytes) -> bool:
    """Do digits stand where digits belong, and nothing but printable characters anywhere?"""
    return (
        base[_R4].isdigit()
        and base[_R3].isdigit()
        and base[_R2].isdigit()
        and base[_R1].isdigit()
        and base[_R5].isdigit()
        and base.isascii()
        and base.decode("ascii").isprintable()
    )


def form_findings(segment: Segment, content: bytes) -> tuple[bytes, list[Trouble]]:
    """The segment with noughts where digits were left blank, and what is wrong with each of its values."""
    found: list[Trouble] = []
    parts = []
    for slot, place in zip(segment.slots, segment.places().values(), strict=True):
        part = content[place]
        if slot.kind in DIGITS or slot.kind is Kind.LENGTH:
            if not part.strip():
                part = b"0" * len(part)
                found.append(("m2-blank-number", slot.name))
            elif not part.isdigit():
                found.append(("m2-bad-date" if slot.kind is Kind.DATE else "m2-bad-number", slot.name))
        elif not part.isascii() or not part.decode("ascii").isprintable():
            found.append(("m2-bad-text", slot.name))
        parts.append(part)
    return b"".join(parts), found


def shape_of(base: bytes, others: tuple[str, ...], today: int) -> Shape | None:
    """The shape of a well-formed base segment; None when one of its days is none."""
    opened, as_of, delinquent = day_number(base[_OPENED]), day_number(base[_AS_OF]), day_number(base[_DELINQUENT])
    closed, payment, born = day_number(base[_CLOSED]), day_number(base[_PAYMENT]), day_number(base[_BORN])
    if opened < 0 or as_of < 0 or delinquent < 0 or closed < 0 or payment < 0 or born < 0:
        return None
    history, balance, past_due, terms = base[_HISTORY], base[_BALANCE], base[_PAST_DUE], base[_P3]
    codes = base.decode("ascii")
    months = as_of // 10000 * 12 + as_of // 100 % 100 - opened // 10000 * 12 - opened // 100 % 100
    return Shape(
        codes[_P1], codes[_P2], "#" if terms.isdigit() else _TERMS.get(terms, "?"), codes[_P4],
        codes[_P5], codes[_P6], codes[_HISTORY.start], codes[_P7], codes[_P8], codes[_P9],
        base[_LIMIT] != _NOUGHT, base[_HIGHEST] != _NOUGHT, balance != _NOUGHT, past_due != _NOUGHT,
        base[_CHARGED] != _NOUGHT, past_due > balance,
        opened != 0, opened > as_of > 0, as_of != 0, as_of > today,
        delinquent != 0, delinquent > as_of > 0, 0 < delinquent < opened,
        closed != 0, 0 < closed < opened, closed > as_of > 0, payment > as_of > 0, 0 < payment < opened,
        base[_ACCOUNT].strip() != b"", base[_NUMBER] != _NOUGHT, born > 0 and born + 100000 > opened > 0,
        _traits(history), len(history.rstrip(b"BZD")) > months >= 0, others,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------ rules


Seen = TypeVar("Seen")


class Rule(NamedTuple, Generic[Seen]):
    """One row of the policy: rule, value, and when it is broken."""

    rule: str
    field: str
    breaks: Callable[[Seen], bool]


def _is_delinquent(s: Shape) -> bool:
    """Does the present state begin with a missed payment?"""
    return (
        s.status in layout.PAST_DUE
        or s.status in layout.DERELICT
        or s.rating in LATE
        or s.status in {"61", "62", "63", "64"}
    )


def _usual(s: Shape) -> str:
    return layout.ACCOUNT_TYPES[s.account_type][3] if s.account_type in layout.ACCOUNT_TYPES else "CILMOR"


BASE_RULES: tuple[Rule[Shape], ...] = (
    Rule("m2-no-account", "consumer_account_number", lambda s: not s.has_account),
    Rule("m2-unknown-code", "portfolio_type", lambda s: s.portfolio not in layout.PORTFOLIOS),
    Rule("m2-unknown-code", "account_status", lambda s: s.status not in layout.STATUSES),
    Rule("m2-unknown-code", "ecoa_code", lambda s: s.ecoa not in layout.ECOA),
    Rule("m2-unknown-code", "payment_history_profile", lambda s: bool(s.history & BAD_LETTER)),
    Rule("m2-odd-code", "terms_frequency", lambda s: s.frequency != " " and s.frequency not in layout.FREQUENCIES),
    Rule("m2-odd-code", "account_type", lambda s: s.account_type not in layout.ACCOUNT_TYPES),
    Rule("m2-odd-code", "compliance_condition_code", lambda s: s.compliance not in {"  ", *layout.COMPLIANCE}),
    Rule("m2-odd-code", "interest_type_indicator", lambda s: s.interest not in {" ", *layout.INTEREST}),
    Rule("m2-line-type", "account_type", lambda s: s.portfolio == "C" and s.account_type not in layout.LINE_TYPES),
    Rule("m2-portfolio-type", "portfolio_type", lambda s: s.portfolio != "C" and s.portfolio not in _usual(s)),
    Rule("m2-rating-missing", "payment_rating", lambda s: s.status in layout.RATED and s.rating not in layout.RATINGS),
    Rule("m2-rating-not-wanted", "payment_rating", lambda s: s.status not in layout.RATED and s.rating != " "),
    Rule("m2-paid-with-balance", "current_balance", lambda s: s.status in layout.PAID and s.has_balance),
    Rule("m2-transferred-with-balance", "current_balance", lambda s: s.status == "05" and s.has_balance),
    Rule("m2-current-past-due", "amount_past_due", lambda s: s.has_past_due and s.status in {"11", *layout.PAID}),
    Rule("m2-late-without-amount", "amount_past_due", lambda s: s.status in layout.PAST_DUE and not s.has_past_due),
    Rule("m2-past-due-above-balance", "amount_past_due", lambda s: s.is_past_due_above_balance),
    Rule("m2-charge-off-amount-missing", "original_charge_off_amount",
         lambda s: s.status in {"97", "64"} and not s.has_charge_off),
    Rule("m2-charge-off-unexplained", "original_charge_off_amount",
         lambda s: s.has_charge_off and s.status not in {"97", "64", "05"} and "L" not in {s.rating, s.last}),
    Rule("m2-day-missing", "date_opened", lambda s: not s.has_opened),
    Rule("m2-day-missing", "date_account_information", lambda s: not s.has_as_of),
    Rule("m2-opened-after-as-of", "date_opened", lambda s: s.is_opened_late),
    Rule("m2-as-of-ahead", "date_account_information", lambda s: s.is_as_of_ahead),
    Rule("m2-closed-before-opened", "date_closed", lambda s: s.is_closed_early),
    Rule("m2-closed-after-as-of", "date_closed", lambda s: s.is_closed_late),
    Rule("m2-closed-date-missing", "date_closed", lambda s: s.status in layout.PAID and not s.has_closed),
    Rule("m2-closed-but-current", "account_status", lambda s: s.status == "11" and s.has_closed and not s.has_balance),
    Rule("m2-delinquency-date-missing", "date_first_delinquency", lambda s: _is_delinquent(s) and not s.has_delinquency),
    Rule("m2-delinquency-without-cause", "date_first_delinquency",
         lambda s: s.has_delinquency and s.status == "11" and not s.history & EVER_LATE),
    Rule("m2-delinquency-after-as-of", "date_first_delinquency", lambda s: s.is_delinquency_late),
    Rule("m2-delinquency-before-opened", "date_first_delinquency",
         lambda s: s.is_delinquency_early and s.account_type not in layout.COLLECTION_TYPES),
    Rule("m2-payment-after-as-of", "date_last_payment", lambda s: s.is_payment_late),
    Rule("m2-payment-before-opened", "date_last_payment", lambda s: s.is_payment_early),
    Rule("m2-history-jump", "payment_history_profile", lambda s: bool(s.history & JUMP)),
    Rule("m2-history-against-status", "account_status",
         lambda s: s.last.isdigit() and layout.PAST_DUE.get(s.status, 0) > int(s.last) + 1),
    Rule("m2-history-gap", "payment_history_profile", lambda s: bool(s.history & GAP)),
    Rule("m2-history-before-opened", "payment_history_profile", lambda s: s.is_history_long),
    Rule("m2-no-identity", "social_security_number", lambda s: not s.has_number),
    Rule("m2-born-after-opened", "date_birth", lambda s: s.is_birth_late),
    Rule("m2-ecoa-unclear", "ecoa_code", lambda s: s.ecoa in layout.ECOA_UNCLEAR),
    Rule("m2-joint-alone", "ecoa_code", lambda s: s.ecoa == "2" and not {"j1", "j2"} & set(s.others)),
    Rule("m2-limit-missing", "credit_limit", lambda s: s.portfolio in {"R", "C"} and not s.has_limit),
    Rule("m2-amount-missing", "highest_credit", lambda s: s.portfolio in {"I", "M", "L"} and not s.has_highest),
    Rule("m2-terms-odd", "terms_duration", lambda s: s.terms != {"C": "LOC", "R": "REV"}.get(s.portfolio, "#")),
    Rule("m2-original-creditor-missing", "account_type",
         lambda s: s.account_type in layout.COLLECTION_TYPES and "k1" not in s.others),
    Rule("m2-mortgage-segment-odd", "k3", lambda s: "k3" in s.others and s.portfolio not in {"M", "C", "I"}),
    Rule("m2-deferred-without-start", "terms_frequency", lambda s: s.frequency == "D" and "k4" not in s.others),
)  # fmt: skip


def _is_asked(rule: Rule[Shape], shape: Shape) -> bool:
    """A deletion needs to say which account, and when; whatever else stands there is not furnished."""
    return shape.status not in layout.DELETIONS or rule.field in {"consumer_account_number", "date_account_information"}


class Appended(NamedTuple):
    """What the rules of appended segments look at: its name and values, the base segment's values."""

    name: str
    own: dict[str, object]
    status: str
    account: str


APPENDED_RULES: tuple[Rule[Appended], ...] = (
    Rule("m2-other-left-out", "ecoa_code", lambda a: a.name in {"j1", "j2"} and a.own["ecoa_code"] not in layout.ECOA_OTHERS),
    Rule("m2-other-left-out", "social_security_number",
         lambda a: a.name in {"j1", "j2"} and not a.own["social_security_number"]),
    Rule("m2-number-change-not-applied", "change_indicator", lambda a: a.name == "l1"),
    Rule("m2-sold-not-transferred", "purchased_indicator",
         lambda a: a.name == "k2" and a.own["purchased_indicator"] == 2 and a.status not in {"05", "DA"}),
    Rule("m2-purchase-code", "purchased_indicator",
         lambda a: a.name == "k2" and str(a.own["purchased_indicator"]) not in layout.INDICATORS_PURCHASED),
    Rule("m2-balloon-incomplete", "balloon_payment_amount",
         lambda a: a.own.get("specialized_payment_indicator") == 1
         and not (a.own["balloon_payment_amount"] and a.own["balloon_payment_due_date"])),
    Rule("m2-deferred-without-start", "deferred_payment_start_date",
         lambda a: a.own.get("specialized_payment_indicator") == 2 and not a.own["deferred_payment_start_date"]),
    Rule("m2-change-to-same", "new_consumer_account_number",
         lambda a: a.name == "l1" and a.own["change_indicator"] in {1, 3}
         and a.own["new_consumer_account_number"] in {"", a.account}),
)  # fmt: skip


class Validator:
    """Checks records of one file, with its rules and their memory."""

    def __init__(
        self,
        today: int,
        *,
        rules: tuple[Rule[Shape], ...] = BASE_RULES,
        appended: tuple[Rule[Appended], ...] = APPENDED_RULES,
    ) -> None:
        self._today = today
        self._rules = rules
        self._appended = appended
        self._known: dict[Shape, tuple[Trouble, ...]] = {}

    def check(self, record: Record) -> tuple[bytes, tuple[Trouble, ...]]:
        """The base segment (blanks where digits belong made noughts), and every trouble of the record, in order."""
        base, troubles, others = record.content, record.troubles, record.appended
        if len(base) != BASE.size:
            return base, troubles
        if not is_formed(base):
            base, found = form_findings(BASE, base)
            troubles = (*troubles, *found)
            if any(rule != "m2-blank-number" for rule, _ in found):
                return base, troubles
        shape = shape_of(base, tuple([name for name, _ in others]) if others else (), self._today)
        if shape is None:
            days = [slot.name for slot in BASE.slots if slot.kind is Kind.DATE and day_number(base[_AT[slot.name]]) < 0]
            return base, (*troubles, *(("m2-bad-date", name) for name in days))
        known = self._known.get(shape)
        if known is None:
            known = tuple((one.rule, one.field) for one in self._rules if one.breaks(shape) and _is_asked(one, shape))
            if len(self._known) < MOST_SHAPES:
                self._known[shape] = known
        if others:
            return base, (*troubles, *known, *self._others(record, shape))
        return base, troubles + known if troubles else known

    def _others(self, record: Record, shape: Shape) -> list[Trouble]:
        found: list[Trouble] = []
        account = record.content[_AT["consumer_account_number"]].decode("latin-1").strip()
        for name, sent in record.appended:
            segment = _APPENDED[name]
            content, troubles = form_findings(segment, sent)
            own = values(segment, content)
            for slot in segment.slots:
                if slot.kind is Kind.DATE and day_number(content[_PLACES[name][slot.name]]) < 0:
                    troubles.append(("m2-bad-date", slot.name))
            odd = "m2-other-left-out" if name in {"j1", "j2"} else "m2-segment-odd"
            named = [(odd if rule != "m2-blank-number" else rule, field) for rule, field in troubles]
            seen = Appended(name, own, shape.status, account)
            named += [(one.rule, one.field) for one in self._appended if one.breaks(seen)]
            found += [(rule, f"{name}.{field}") for rule, field in dict.fromkeys(named)]
        return found
