"""What does it cost, and what do I owe, as pages?"""

from typing import Any

from openbureau.core.pricing import PRODUCT_NAMES
from openbureau.web.api.billing import told_tariff
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.signed import N_, open_session
from openbureau.web.replies import Reply, language_of, page

UNITS = (N_("days"), N_("seconds"))
"""Units of rules that the tariff page shows."""


async def tariff_page(request: Asking) -> Reply:
    """GET /tariff?on=: the tariff of a day, for anybody."""
    told = told_tariff(request)
    write = desk_of(request).paper.formats[language_of(request)]
    words: dict[str, Any] = told | {
        "products": [
            {
                "name": write.pick(names),
                "amounts": [row["amount_fen"] for row in told["prices"] if row["product"] == name],
            }
            for name, names in PRODUCT_NAMES.items()
        ],
        "tongue_key": "zh" if write.is_chinese else "en",
    }
    return page(request, "tariff.html", words, session=open_session(request))
