"""Which figures are published every month?

The registry: a name, a title in both languages, and the query that is the figure's definition.  Further figures are added
to a group or as a group of their own; job, export and recount follow from here.  A figure that was published keeps its name
and its query for ever: another way of counting is another figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from openbureau.core.figures.query import Query, parse_query


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure; `query` is its definition."""

    name: str
    zh: str
    en: str
    query: str

    @property
    def parsed(self) -> Query:
        """The query as read."""
        return parse_query(self.query)


EVENTS = (
    Figure("events", "各类事件数", "Events by kind", "count by kind"),
    Figure("own-access", "本人查阅次数", "Looks at one's own file", "count where kind = self-access"),
    Figure("furnished-files", "报送文件数（按机构类别）", "Furnished files by kind of institution",
           "count where kind = furnishing by institution"),
    Figure("consents-given", "作出的同意数（按用途与形式）", "Consents given, by purpose and form",
           "count where kind = consent-given by purpose, basis"),
    Figure("consents-withdrawn", "撤回的同意数（按用途）", "Consents withdrawn, by purpose",
           "count where kind = consent-withdrawn by purpose"),
)  # fmt: skip
INQUIRIES = (
    Figure("inquiries", "已回答的查询数（按用途与机构类别）", "Answered inquiries by purpose and kind of institution",
           "count where kind = inquiry by purpose, institution"),
    Figure("refusals", "被拒绝的查询数（按用途与机构类别）", "Refused inquiries by purpose and kind of institution",
           "count where kind = inquiry-refused by purpose, institution"),
    Figure("refusals-by-article", "拒绝所依据的条文（一次拒绝可有多条）", "Refusals by article (one may have several)",
           "count where kind = inquiry-refused by article"),
    Figure("without-consent", "凭司法或行政文书的查询数", "Look-ups by a document of a court or an authority",
           "count where kind = inquiry and basis != consent by basis, institution"),
)  # fmt: skip
CHARGES = (
    Figure("charges", "收费笔数（按收费规则）", "Charges by rule of the tariff",
           "count where price.flag = billable by price.rule, price.currency"),
    Figure("charged", "收费金额（分，未计阶梯与退费，按收费规则）",
           "Amounts charged in fen, before tiers and credits, by rule of the tariff",
           "sum price.fen where price.flag = billable by price.rule, price.currency"),
    Figure("charged-by-institution", "收费金额（分，按机构类别）", "Amounts charged in fen, by kind of institution",
           "sum price.fen where price.flag = billable by institution, price.currency"),
)  # fmt: skip


def registry(*groups: tuple[Figure, ...]) -> Mapping[str, Figure]:
    """Figures by name; ValueError where a name stands twice or a query is none."""
    found: dict[str, Figure] = {}
    for figure in (one for group in groups for one in group):
        if figure.name in found:
            raise ValueError(f"two figures are called {figure.name}")
        parse_query(figure.query)
        found[figure.name] = figure
    return MappingProxyType(found)


FIGURES = registry(EVENTS, INQUIRIES, CHARGES)
"""What is published, in this order."""
