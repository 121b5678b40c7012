"""What do the lenders of the synthetic country offer, and who are its members?  Data table.

Amounts in yuan, terms in months (0: revolving).  `tilt` is added to the log-odds of missing a payment.
"""

from dataclasses import dataclass
from datetime import date

from openbureau.core.decision.order import AUTHORITY_PURPOSE, COURT_PURPOSE
from openbureau.core.member import CONTACT_DUTIES, Contact, Member, Role
from openbureau.core.purpose import EMPLOYMENT
from openbureau.core.subject import birthday

_BOTH = frozenset({Role.LENDER, Role.FURNISHER})
_BANK = frozenset({"loan-approval", "card-approval", "post-loan", "guarantor-check", "limit-approval"})
_PLATFORM = frozenset({"loan-approval", "limit-approval", "post-loan"})

MEMBERS: tuple[tuple[str, str, str, str, frozenset[Role], frozenset[str]], ...] = (
    ("bank-chengxin", "橙信银行", "Chengxin Bank", "11", _BOTH, _BANK),
    ("bank-heshan", "禾杉银行", "Heshan Bank", "11", _BOTH, _BANK | {"merchant-check"}),
    ("bank-jiuwei", "九苇村镇银行", "Jiuwei Village Bank", "12", frozenset({Role.LENDER}),
     frozenset({"loan-approval", "post-loan"})),
    ("finance-ruiju", "睿聚消费金融", "Ruiju Consumption Finance", "24", _BOTH, _PLATFORM | {"finance-approval"}),
    ("platform-yunfu", "云付小额贷款", "Yunfu Micro-loan", "51", _BOTH, _PLATFORM),
    ("platform-fanzhu", "帆竹小额贷款", "Fanzhu Micro-loan", "51", _BOTH, _PLATFORM),
    ("court-jinlan", "锦澜市人民法院", "Jinlan People's Court", "99", frozenset({Role.COURT}), frozenset({COURT_PURPOSE})),
    ("tax-jichuan", "霁川市税务局", "Jichuan Tax Office", "99", frozenset({Role.AUTHORITY}),
     frozenset({AUTHORITY_PURPOSE})),
    ("works-bihe", "碧禾机械厂", "Bihe Machine Works", "99", frozenset({Role.EMPLOYER}), frozenset({EMPLOYMENT})),
)  # fmt: skip
"""Id, names, PBOC lender type (99: none of them), roles, purposes in the contract."""


def make_members(until: date) -> tuple[Member, ...]:
    """The members, under contract from a year before `until` to a year after; their keys are made at the founding."""
    return tuple(
        Member(
            member_id,
            zh,
            en,
            kind,
            roles,
            purposes,
            True,
            birthday(until, -1),
            birthday(until, 1),
            b"",
            licence_no=f"MADE-UP-{kind}-{number:04d}",
            contacts=tuple(Contact(duty, f"{duty}@{member_id}.example", "") for duty in CONTACT_DUTIES),
        )
        for number, (member_id, zh, en, kind, roles, purposes) in enumerate(MEMBERS, 1)
    )


@dataclass(frozen=True, slots=True)
class Product:
    """A kind of credit and who offers it."""

    name: str
    account_type: str
    business_type: str
    offered_by: tuple[str, ...]
    terms: tuple[int, ...]
    yuan: tuple[int, int]
    weight: int
    tilt: float


_CHENGXIN, _HESHAN, _RUIJU = "bank-chengxin", "bank-heshan", "finance-ruiju"
_YUNFU, _FANZHU = "platform-yunfu", "platform-fanzhu"

PERSONAL: tuple[Product, ...] = (
    Product("home-loan", "D1", "11", (_CHENGXIN, _HESHAN), (120, 180, 240, 360), (300_000, 2_000_000), 10, -0.7),
    Product("car-loan", "D1", "21", (_CHENGXIN, _HESHAN, _RUIJU), (24, 36, 60), (40_000, 250_000), 8, -0.2),
    Product("card", "R2", "81", (_CHENGXIN, _HESHAN), (0,), (3_000, 80_000), 30, 0.0),
    Product("instalment-loan", "D1", "91", (_RUIJU, _YUNFU, _FANZHU), (6, 9, 12, 24), (1_000, 40_000), 24, 0.35),
    Product("cash-line", "R1", "91", (_RUIJU, _YUNFU, _FANZHU), (0,), (1_000, 50_000), 20, 0.3),
    Product("instalment-under-limit", "R4", "91", (_HESHAN, _YUNFU), (6, 12), (800, 20_000), 8, 0.2),
)
TRADE: tuple[Product, ...] = (
    Product("trade-loan", "D1", "41", (_CHENGXIN, _HESHAN, _YUNFU), (12, 24, 36), (30_000, 400_000), 1, 0.1),
)
FIRM: tuple[Product, ...] = (
    Product("firm-loan", "D1", "41", (_CHENGXIN, _HESHAN), (12, 24, 36), (200_000, 4_000_000), 60, 0.0),
    Product("firm-line", "R1", "41", (_CHENGXIN, _HESHAN, _YUNFU), (0,), (100_000, 1_500_000), 40, 0.1),
)
BY_NAME = {product.name: product for product in (*PERSONAL, *TRADE, *FIRM)}
