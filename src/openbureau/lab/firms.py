"""Which firms are there in the synthetic country?

Made-up firms with valid unified social credit codes (GB 32100) whose division part begins with 99 and whose middle part
is a valid organisation code (GB 11714).  A firm depends on seed, number and the last day of the country only.
"""

from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from openbureau.core.credit_file import month_number
from openbureau.core.subject import FIRM_ID, firm_check
from openbureau.lab.chance import one_of, shuffled, source, weighted
from openbureau.lab.names import FIRM_BRANDS, FIRM_FORMS, FIRM_TRADES, REGIONS
from openbureau.lab.people import SALES_DROP, SHOCK_SPAN, Traits, strikes

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SIZE_BOUNDS = tuple(accumulate((30, 34, 20, 11, 5)))


@dataclass(frozen=True, slots=True)
class Firm:
    """A made-up firm.  Its traits' band is its size, 1 (smallest) to 5."""

    number: int
    id_number: str
    name: str
    region: str
    traits: Traits
    case: str | None

    @property
    def handle(self) -> str:
        """`F0001` and so on."""
        return f"F{self.number:04d}"

    @property
    def kind(self) -> str:
        """The kind of subject."""
        return "enterprise"

    @property
    def id_kind(self) -> str:
        """The kind of identity number."""
        return FIRM_ID


def organisation_code(body: str) -> str:
    """Eight characters (digits and capital letters) and their check character (GB 11714)."""
    total = sum(weight * int(char, 36) for weight, char in zip(_ORGANISATION_WEIGHTS, body, strict=True))
    return body + "0123456789X0"[11 - total % 11]


def make_firm(seed: int, number: int, *, until: date, case: str | None) -> Firm:
    """Firm `number` (from 1) of a country that ends on `until`."""
    rng = source(seed, "firm", number)
    region, city, _ = REGIONS[int(rng.random() * len(REGIONS))]
    serial = shuffled(number, 10**8, seed, "firm")
    first = f"91{region}{organisation_code(f'{serial:08d}')}"
    name = city.removesuffix("市") + one_of(rng, FIRM_BRANDS) + one_of(rng, FIRM_TRADES) + one_of(rng, FIRM_FORMS)
    size = weighted(rng, _SIZE_BOUNDS) + 1
    prudence = int((rng.random() + rng.random()) * 500)
    last = month_number(until)
    span = (last - SHOCK_SPAN + 1, last)
    shocks = () if case else tuple(strikes(rng, SALES_DROP, span, hazard=0.011 - 0.0012 * size, lasts=(3, 9)))
    return Firm(number, first + firm_check(first), name, region, Traits(size, 820 if case else prudence, shocks), case)
