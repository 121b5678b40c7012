"""Which accounts does somebody hold, and with whom?

Plans accounts: product, furnisher, age, term, limit.  A plan depends on seed, subject and span of months only; what
becomes of an account is decided in `loans.py`.
"""

from dataclasses import replace
from datetime import date
from itertools import accumulate
from random import Random

from openbureau.lab.cases import SCRIPTS, Script, turns_of
from openbureau.lab.chance import one_of, own_key, source, weighted, whole
from openbureau.lab.firms import Firm
from openbureau.lab.loans import Account
from openbureau.lab.people import Person, adult_months
from openbureau.lab.products import BY_NAME, FIRM, PERSONAL, TRADE, Product

Owner = Person | Firm

_HOW_MANY_PERSON = tuple(accumulate((12, 17, 21, 19, 14, 9, 5, 3)))
_HOW_MANY_FIRM = tuple(accumulate((15, 35, 30, 20)))
_PERSONAL_BOUNDS = tuple(accumulate(product.weight for product in PERSONAL))
_FIRM_BOUNDS = tuple(accumulate(product.weight for product in FIRM))
_ROLE_BOUNDS = tuple(accumulate((93, 4, 3)))
_ROLES = ("borrower", "co-borrower", "guarantor")
YUAN = 100


def plan_accounts(seed: int, owner: Owner, span: tuple[int, int], *, at: str | None = None) -> tuple[Account, ...]:
    """The accounts of a person or firm in a country whose months run from `span[0]` to `span[1]`.

    With `at`, only those at that furnisher; they are the same as without.
    """
    if owner.case is not None:
        scripts = SCRIPTS[owner.case](span[1] - span[0] + 1)
        return tuple(
            _scripted(seed, owner, (number, script), span=span)
            for number, script in enumerate(scripts, 1)
            if at in {None, script.furnisher_id}
        )
    rng = source(seed, owner.handle, "accounts")
    bounds = _HOW_MANY_PERSON if isinstance(owner, Person) else _HOW_MANY_FIRM
    planned = (_drawn(seed, owner, number, given=(span, rng, at)) for number in range(1, weighted(rng, bounds) + 1))
    return tuple(account for account in planned if account is not None)


def _product(rng: Random, owner: Owner) -> Product:
    if isinstance(owner, Firm):
        return FIRM[weighted(rng, _FIRM_BOUNDS)]
    if owner.is_sole_trader and rng.random() < 0.35:
        return TRADE[0]
    return PERSONAL[weighted(rng, _PERSONAL_BOUNDS)]


def _drawn(
    seed: int, owner: Owner, number: int, *, given: tuple[tuple[int, int], Random, str | None]
) -> Account | None:
    """One account by chance; None when its subject was not of age or it is elsewhere.  Draws as often either way."""
    span, rng, at = given
    product = _product(rng, owner)
    furnisher_id = one_of(rng, product.offered_by)
    term = product.terms[int(rng.random() * len(product.terms))]
    low, high = product.yuan
    # Small amounts are common; more for the better off.
    size = rng.random() ** (2.2 - 0.25 * owner.traits.band)
    limit_fen = int(low + (high - low) * size) // 100 * 100 * YUAN
    role = _ROLES[weighted(rng, _ROLE_BOUNDS)] if isinstance(owner, Person) else _ROLES[0]
    months = span[1] - span[0] + 1
    oldest = months + (term // 2 if term else 60)
    if isinstance(owner, Person):
        oldest = min(oldest, adult_months(owner, span[1]))
    age, day = whole(rng, 2, max(oldest, 2)), whole(rng, 1, 28)
    if oldest < 2 or at not in {None, furnisher_id}:
        return None
    return _account(seed, owner, (number, product, furnisher_id), terms=(role, age, day, term, limit_fen), span=span)


def _scripted(seed: int, owner: Owner, scripted: tuple[int, Script], *, span: tuple[int, int]) -> Account:
    number, script = scripted
    what = (number, BY_NAME[script.product], script.furnisher_id)
    terms = ("borrower", script.age, 6, script.term, script.yuan * YUAN)
    planned = _account(seed, owner, what, terms=terms, span=span)
    return replace(planned, is_scripted=True, script=turns_of(script, span[1]))


def _account(
    seed: int,
    owner: Owner,
    what: tuple[int, Product, str],
    *,
    terms: tuple[str, int, int, int, int],
    span: tuple[int, int],
) -> Account:
    number, product, furnisher_id = what
    role, age, day, term, limit_fen = terms
    opened = span[1] - age
    return Account(
        owner.handle, number, product, furnisher_id, own_key(seed, furnisher_id, owner.handle, number),
        subject_ref(seed, furnisher_id, owner), role, date(opened // 12, opened % 12 + 1, day), opened, term, limit_fen,
    )  # fmt: skip


def subject_ref(seed: int, furnisher_id: str, owner: Owner) -> str:
    """A furnisher's own key for a subject: another one at every furnisher."""
    return own_key(seed, furnisher_id, owner.handle)
