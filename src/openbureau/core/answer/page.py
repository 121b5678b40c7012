"""How are the products published?  The page docs/specs/products.md, made from the tables that decide."""

from openbureau.core.answer.lesser import BANDS
from openbureau.core.attribute_list import ATTRIBUTES, FAMILIES, AttributeRow
from openbureau.core.products import Product
from openbureau.core.questions import QUESTIONS, Question

_PRODUCTS: dict[Product, tuple[str, str]] = {
    Product.REPORT: (
        "the file in the blocks of the national report; 24 months, 1 to 60 with `months`",
        "按国家征信报告板块展示的档案；默认24个月，可用 `months` 指定1至60个月",
    ),
    Product.SCORE: (
        f"block `score`: number, band (1 to {BANDS}, equal parts of the scale), reasons; no figure of the file",
        f"`score`：分数、档位（量表等分为1至{BANDS}档）、原因；不含档案数据",
    ),
    Product.ATTRIBUTES: (
        "block `attributes`: the figures below, each with its unit; no account",
        "`attributes`：下列指标及单位；不含账户",
    ),
    Product.QUESTION: (
        "block `answers`: for each id under `questions` (at most five) its answer, and nothing else",
        "`answers`：对 `questions` 所列问题（最多五个）逐一作答，此外不提供任何内容",
    ),
    Product.CHANGES: (
        "`since`, `changes`: what changed since your last report or changes under this consent; null and free without one",
        "`since`、`changes`：自贵机构在同一同意下上次取得报告或变动以来的新增、移除与变化；此前没有的，`since` 为空且不收费",
    ),
    Product.ALERT: (
        "one event of a running loan under monitoring; it comes to you and is not asked for",
        "存续贷款监测中的一项提示，由系统推送，不接受查询",
    ),
}


_HEAD = """# Products 产品

Made from the code by `./dev docs` (`core/products.py`, `core/questions.py`, `core/attribute_list.py`).
Why it is so: [decision 0023](../decisions/0023-products-and-questions.md).
Form: [report.schema.json](report.schema.json) for a report, [answer.schema.json](answer.schema.json) for all others.
Prices: `openbureau law show tariff`. 由代码生成。报告的格式见 report.schema.json，其余见 answer.schema.json；价格见资费规则。

An answer that is less than a report has `schema`, `synthetic`, `header`, its block and `notice`, and does not repeat who was
asked about. A consent to `report` covers every lesser product.
其他产品不重复被查询人的身份；对 `report` 的同意涵盖更少的产品。

| product | what leaves | 提供的内容 |
|---|---|---|"""
_QUESTIONS = """
With `as_of` (an RFC 3339 instant, not with `changes`) each is answered as known then, under today's retention, links and
deletions; `GET /v1/inquiries/{number}` tells an earlier answer again, bit for bit, or says why not
([decision 0024](../decisions/0024-answers-of-before.md)).
使用 `as_of` 可按当时所知查询；已有答复可逐字节重取，均适用今日的展示规定。

## Questions 问题

`unknown` where the file cannot tell. Bands are left-closed; amounts in CNY alone. Ids are never reused. The leaf's product
is `question;ids`, the ids sorted.
无法判断时为 `unknown`；档位含下限；金额仅计人民币；日志中的产品为 `question;标识`。

| id | question | 问题 | answers | unit | reads |
|---|---|---|---|---|---|"""
_ATTRIBUTES = """
Exposure 敞口: what is owed on open loans, and on open revolving accounts the larger of balance and limit.
未结清贷款的余额，加循环账户余额与额度的较大者。

## Attributes 指标

Windows are whole months before the month of the inquiry. Where there is no number, `special` says why: `no-record`,
`too-new`, `never-late`. 时间窗口为查询当月之前的整月；没有数值时 `special` 说明原因。

| name | attribute | 指标 | family 方面 | unit |
|---|---|---|---|---|"""


def page() -> str:
    """The page in both languages."""
    products = [f"| `{product}` | {english} | {chinese} |" for product, (english, chinese) in _PRODUCTS.items()]
    questions = [_question(row) for row in QUESTIONS.values()]
    attributes = [_attribute(row) for row in ATTRIBUTES]
    return "\n".join([_HEAD, *products, _QUESTIONS, *questions, _ATTRIBUTES, *attributes]) + "\n"


def _attribute(row: AttributeRow) -> str:
    chinese, english = FAMILIES[row.family]
    return f"| `{row.name}` | {row.en} | {row.zh} | {english} {chinese} | {row.unit} |"


def _question(row: Question) -> str:
    answers = ", ".join(f"`{one}`" for one in (row.bands or ("yes", "no")))
    reads = ", ".join(f"`{one}`" for one in row.reads)
    return f"| `{row.id}` | {row.en} | {row.zh} | {answers} | {row.unit or '-'} | {reads} |"
