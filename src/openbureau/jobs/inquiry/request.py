"""What does a lender ask?  The one value that enters `answer_inquiry`."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from openbureau.core.decision.order import Order
from openbureau.core.products import NO_WISH, Options, Product, product_text
from openbureau.core.sign_in.request import Shown
from openbureau.jobs.member.recognise import Presented


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryRequest:
    """One request to see a report.

    `token` is the member's token as presented, `shown` what proves whose it is (nothing, where the sandbox asks for
    nothing).  `idempotency_key` is chosen by the lender (1 to 200 printable characters).  `body` is the request exactly
    as received: its hash tells a repeat from a conflict.  `actor_user` is the lender's own pseudonym for the person who
    asks.  `received_at` is when the request came; None where nobody waits for the answer: then the work's own beginning
    counts.
    """

    token: str
    idempotency_key: str
    body: bytes
    id_kind: str
    id_number: str
    name: str
    purpose: str
    product: str = Product.REPORT.value
    actor_user: str = "-"
    options: Options = NO_WISH
    order: Order | None = None
    """For a court or an authority: what takes the place of a consent."""
    shown: Shown | None = None
    received_at: datetime | None = None

    @property
    def product_text(self) -> str:
        """The product as it stands in header, leaf, charge and record."""
        return product_text(self.product, self.options)

    @property
    def presented(self) -> Presented:
        """Token and proof as they were sent."""
        return Presented(self.token, self.shown)

    @property
    def request_hash(self) -> bytes:
        """SHA-256 of the body as received."""
        return hashlib.sha256(self.body).digest()
