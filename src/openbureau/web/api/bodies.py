"""What may a request body say?

Typed bodies, decoded strictly: unknown fields are refused.  Where a body does not fit, every field that needs a change is
told with its place, what is wrong and the cure, in both languages; never with the value that was sent.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from openbureau.core.products import Fault, Options, Product, faults
from openbureau.core.purpose import PURPOSES
from openbureau.core.subject import ID_KINDS
from openbureau.jobs.inquiry.products import MAKERS
from openbureau.law.rules import TypedRules
from openbureau.web.trouble import Trouble

PRODUCTS = tuple(product.value for product in MAKERS if product is not Product.ALERT)


class SubjectBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the lender asks about."""

    id_kind: Literal["cn-id", "cn-uscc", "us-ssn"]
    id_number: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class InquiryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lender's inquiry.  `actor_user` is the lender's own pseudonym for the person who asks.

    `months` goes with a report, `questions` with the product `question`; `as_of` is a past instant as known at which is asked.
    """

    subject: SubjectBody
    purpose: Annotated[str, msgspec.Meta(max_length=40)]
    product: Annotated[str, msgspec.Meta(max_length=40)] = "report"
    months: int | None = None
    questions: tuple[Annotated[str, msgspec.Meta(max_length=64)], ...] = ()
    as_of: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    actor_user: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}$")] = "-"

    @property
    def options(self) -> Options:
        """What is wished of the product."""
        return Options(self.months, self.questions, self.as_of)


class ConsentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's consent: one lender, one purpose, some months, once or as often as needed.

    `points`: what was agreed to, each by itself, under the notice `notice_version` in a `language`.
    """

    member_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    purpose: Annotated[str, msgspec.Meta(max_length=40)]
    months: Annotated[int, msgspec.Meta(ge=1, le=1200)] = 12
    is_one_time: bool = False
    products: tuple[Annotated[str, msgspec.Meta(max_length=64)], ...] = ("report",)
    points: tuple[Annotated[str, msgspec.Meta(max_length=64)], ...] = ()
    notice_version: Annotated[str, msgspec.Meta(max_length=64)] = ""
    language: Literal["zh-CN", "en"] = "zh-CN"


class PointsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person agrees to of a lender's request, each point by itself."""

    points: tuple[Annotated[str, msgspec.Meta(max_length=64)], ...]


class CodeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For which lender a person wants a code."""

    member_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class CollectedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A consent that a member took, signed by it; the person's code where they gave one."""

    artefact: msgspec.Raw
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None


_inquiry = msgspec.json.Decoder(InquiryBody).decode
_consent = msgspec.json.Decoder(ConsentBody).decode
_points = msgspec.json.Decoder(PointsBody).decode
_code = msgspec.json.Decoder(CodeBody).decode
_collected = msgspec.json.Decoder(CollectedBody).decode

Both = dict[str, str]
Rule = tuple[Callable[[Any], bool], Both, Both]
"""Does the value fit; what is asked for; the cure."""


def text_of(longest: int) -> Rule:
    """A text of one character or more."""
    return (
        lambda value: isinstance(value, str) and 1 <= len(value) <= longest,
        {"en": f"must be text of 1 to {longest} characters", "zh": f"须为 1 至 {longest} 个字符的文本"},
        {"en": "Send it as a JSON string.", "zh": "请以 JSON 字符串发送。"},
    )


def one_of(choices: tuple[str, ...]) -> Rule:
    """One of the agreed words."""
    listed = ", ".join(choices)
    return (
        lambda value: isinstance(value, str) and value in choices,
        {"en": "is not one of the agreed values", "zh": "不在约定取值之内"},
        {"en": f"Send one of: {listed}.", "zh": f"请使用：{listed}。"},
    )


def printable(longest: int) -> Rule:
    """A pseudonym in ASCII."""
    return (
        lambda value: (
            isinstance(value, str) and 1 <= len(value) <= longest and all("!" <= char <= "~" for char in value)
        ),
        {"en": f"must be 1 to {longest} printable ASCII characters", "zh": f"须为 1 至 {longest} 个可打印 ASCII 字符"},
        {"en": "Send a pseudonym of your own, never a person's name.", "zh": "请发送贵机构自定的代号，不要发送姓名。"},
    )


_FLAG: Rule = (
    lambda value: isinstance(value, bool),
    {"en": "must be true or false", "zh": "须为 true 或 false"},
    {"en": "Send a JSON truth value.", "zh": "请发送 JSON 布尔值。"},
)
_MONTHS: Rule = (
    lambda value: isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1200,
    {"en": "must be a whole number of months, one or more", "zh": "须为整月数，至少为一"},
    {"en": "Send a JSON number.", "zh": "请发送 JSON 数字。"},
)
_IDS: Rule = (
    lambda value: isinstance(value, list) and all(isinstance(one, str) and len(one) <= 64 for one in value),
    {"en": "must be a list of question ids", "zh": "须为问题标识的数组"},
    {"en": "Send ids from docs/specs/products.md as JSON strings.", "zh": "请按 docs/specs/products.md 发送问题标识。"},
)
_WORDS: Rule = (
    lambda value: isinstance(value, list) and all(isinstance(one, str) and len(one) <= 64 for one in value),
    {"en": "must be a list of words", "zh": "须为词的数组"},
    {"en": "Send the words that the notice names as JSON strings.", "zh": "请以 JSON 字符串发送告知书所列的词。"},
)


def _is_instant(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_INSTANT: Rule = (
    _is_instant,
    {"en": "must be an instant with its zone", "zh": "须为带时区的时刻"},
    {
        "en": "Send RFC 3339, for example known_as_of of an earlier answer.",
        "zh": "请按 RFC 3339 发送，例如原答复的 known_as_of。",
    },
)
_PURPOSE = one_of(tuple(PURPOSES))
_INQUIRY: dict[str, tuple[bool, Rule]] = {
    "/subject/id_kind": (True, one_of(ID_KINDS)),
    "/subject/id_number": (True, text_of(64)),
    "/subject/name": (True, text_of(120)),
    "/purpose": (True, _PURPOSE),
    "/product": (False, one_of(PRODUCTS)),
    "/months": (False, _MONTHS),
    "/questions": (False, _IDS),
    "/as_of": (False, _INSTANT),
    "/actor_user": (False, printable(64)),
}
_CONSENT: dict[str, tuple[bool, Rule]] = {
    "/member_id": (True, text_of(64)),
    "/purpose": (True, _PURPOSE),
    "/months": (False, _MONTHS),
    "/is_one_time": (False, _FLAG),
    "/products": (False, _WORDS),
    "/points": (False, _WORDS),
    "/notice_version": (False, text_of(64)),
    "/language": (False, one_of(("zh-CN", "en"))),
}
_POINTS: dict[str, tuple[bool, Rule]] = {"/points": (True, _WORDS)}
_CODE: dict[str, tuple[bool, Rule]] = {"/member_id": (True, text_of(64))}
_COLLECTED: dict[str, tuple[bool, Rule]] = {
    "/artefact": (True, (
        lambda value: isinstance(value, dict),
        {"en": "must be an object", "zh": "须为对象"},
        {"en": "Send the signed consent of docs/specs/consent.md.", "zh": "请按 docs/specs/consent.md 发送已签名的同意。"},
    )),
    "/code": (False, text_of(64)),
}  # fmt: skip
_NO_WISH_HERE: Both = {"en": "Leave it out, or ask for another product.", "zh": "请删除该字段，或查询其他产品。"}
_QUESTIONS_CURE: Both = {
    "en": "Send ids of docs/specs/products.md, each once, at most five.",
    "zh": "请按 docs/specs/products.md 发送问题标识，每个一次，最多五个。",
}
_AS_OF_CURE: Both = {
    "en": "Send a past instant since the founding act, or leave it out for now.",
    "zh": "请发送设立之后的过去时刻；查询当前信息请删除该字段。",
}
_WISHES: dict[Fault, tuple[Both, Both]] = {
    Fault.MONTHS_WITHOUT_REPORT: ({"en": "goes with a report only", "zh": "仅适用于信用报告"}, _NO_WISH_HERE),
    Fault.MONTHS_OUT_OF_RANGE: (
        {"en": "is more than a report shows", "zh": "超出报告展示的月数"},
        {"en": "Send 1 to 60; 24 is usual.", "zh": "请发送 1 至 60，通常为 24。"},
    ),
    Fault.QUESTIONS_WITHOUT_QUESTION: (
        {"en": "goes with the product question only", "zh": "仅适用于产品 question"},
        _NO_WISH_HERE,
    ),
    Fault.QUESTIONS_MISSING: ({"en": "names no question", "zh": "没有问题"}, _QUESTIONS_CURE),
    Fault.QUESTIONS_TOO_MANY: ({"en": "names too many questions", "zh": "问题过多"}, _QUESTIONS_CURE),
    Fault.QUESTION_UNKNOWN: (
        {"en": "names a question that is not asked here", "zh": "含有未约定的问题"},
        _QUESTIONS_CURE,
    ),
    Fault.AS_OF_WITH_CHANGES: ({"en": "does not go with changes", "zh": "不适用于产品 changes"}, _NO_WISH_HERE),
    Fault.AS_OF_NOT_PAST: ({"en": "is not past", "zh": "不是过去的时刻"}, _AS_OF_CURE),
    Fault.AS_OF_BEFORE_US: ({"en": "is before this bureau was founded", "zh": "早于本机构设立"}, _AS_OF_CURE),
    Fault.QUESTION_TWICE: ({"en": "names a question twice", "zh": "问题重复"}, _QUESTIONS_CURE),
}
_MISSING = ({"en": "is missing", "zh": "缺失"}, {"en": "Add this field.", "zh": "请补充该字段。"})
_UNKNOWN = (
    {"en": "is not a field of this body", "zh": "不是此请求体的字段"},
    {"en": "Leave it out; nothing that was not agreed is taken.", "zh": "请删除；不接收约定以外的内容。"},
)
_NO_OBJECT = (
    {"en": "must be an object", "zh": "须为对象"},
    {"en": "Send a JSON object.", "zh": "请发送 JSON 对象。"},
)


def read_inquiry(body: bytes) -> InquiryBody:
    """A lender's inquiry from its bytes; `Trouble` lists every field that does not fit."""
    try:
        found = _inquiry(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise body_trouble(body, _INQUIRY) from None
    if found.purpose not in PURPOSES or found.product not in PRODUCTS:
        raise body_trouble(body, _INQUIRY)
    return found


def check_wish(body: InquiryBody, rules: TypedRules, span: tuple[datetime, datetime]) -> None:
    """Does what is wished fit the product?  `Trouble` lists every wish that does not.  `span`: since when we know, and now."""
    found = faults(
        Product(body.product),
        body.options,
        months_most=rules.report_months_most.number,
        questions_most=rules.questions_most.number,
        span=span,
    )
    if found:
        errors = [_error(f"/{field}", _WISHES[fault]) for field, fault in found]
        raise Trouble("fields-not-valid", told={"errors": errors})


def read_consent(body: bytes) -> ConsentBody:
    """A person's consent from its bytes; `Trouble` lists every field that does not fit."""
    try:
        found = _consent(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise body_trouble(body, _CONSENT) from None
    if found.purpose not in PURPOSES:
        raise body_trouble(body, _CONSENT)
    return found


def read_points(body: bytes) -> tuple[str, ...]:
    """The points of a confirmation from its bytes."""
    try:
        return _points(body).points
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise body_trouble(body, _POINTS) from None


def read_code_wish(body: bytes) -> str:
    """The lender for which a code is wanted."""
    try:
        return _code(body).member_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise body_trouble(body, _CODE) from None


def read_collected(body: bytes) -> CollectedBody:
    """What a member took, from its bytes; the artefact inside is not opened yet."""
    try:
        return _collected(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise body_trouble(body, _COLLECTED) from None


def field_trouble(pointer: str, what: Both, cure: Both) -> Trouble:
    """The trouble of one field outside a body: a header or a parameter."""
    return Trouble("fields-not-valid", told={"errors": [_error(pointer, (what, cure))]})


def _error(pointer: str, texts: tuple[Both, Both]) -> dict[str, Any]:
    return {"pointer": pointer, "what": texts[0], "cure": texts[1]}


def body_trouble(
    body: bytes, rules: dict[str, tuple[bool, Rule]], *, also: Mapping[str, dict[str, tuple[bool, Rule]]] | None = None
) -> Trouble:
    """Every field of a body that does not fit its rules; `also` holds the rules of parts that may be left out."""
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Trouble("not-json")
    if not isinstance(sent, dict):
        return Trouble("fields-not-valid", told={"errors": [_error("", _NO_OBJECT)]})
    for part, inner in (also or {}).items():
        if sent.get(part) is None:
            sent.pop(part, None)
        else:
            rules = rules | inner
    errors = _errors(sent, rules)
    return Trouble("fields-not-valid", told={"errors": errors}) if errors else Trouble("not-json")


def _errors(sent: dict[str, Any], rules: dict[str, tuple[bool, Rule]]) -> list[dict[str, Any]]:
    flat, found = {}, []
    parents = {pointer.rpartition("/")[0] for pointer in rules} - {""}
    for name, value in sent.items():
        pointer = f"/{name}"
        if pointer not in parents:
            flat[pointer] = value
        elif isinstance(value, dict):
            flat |= {f"{pointer}/{inner}": one for inner, one in value.items()}
        else:
            found.append(_error(pointer, _NO_OBJECT))
    for pointer, (is_needed, (fits, what, cure)) in rules.items():
        if pointer not in flat:
            if is_needed:
                found.append(_error(pointer, _MISSING))
        elif not fits(flat[pointer]):
            found.append(_error(pointer, (what, cure)))
    # The name of a field that nobody agreed on may itself be personal data, so it is counted, not repeated.
    found += [_error("", _UNKNOWN)] * min(len(set(flat) - set(rules)), 1)
    return found
