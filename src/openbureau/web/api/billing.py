"""What does it cost, and what does a member owe?

The tariff is for anybody; invoices are for the member alone.
"""

from typing import Any

from openbureau.jobs.billing.tariff import tariff
from openbureau.law.rules import NoRule
from openbureau.web.api.public import day_asked
from openbureau.web.desk import Asking, desk_of
from openbureau.web.replies import SHORT, Reply, json_reply
from openbureau.web.trouble import Trouble


async def tariff_rows(request: Asking) -> Reply:
    """GET /v1/tariff?on=: every price, tier and free answer of a day, with the rules behind them."""
    return json_reply(told_tariff(request), headers=SHORT)


def told_tariff(request: Asking) -> dict[str, Any]:
    """The tariff of the day that is asked for."""
    law = desk_of(request).bureau.law
    try:
        return tariff(law, day_asked(request))
    except NoRule:
        raise Trouble("no-rule", told={"topics": list(law.topics)}) from None
