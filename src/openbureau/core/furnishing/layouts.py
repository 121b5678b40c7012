"""The record kinds of openbureau/1.  Data table."""

from openbureau.core.furnishing import codes
from openbureau.core.furnishing.layout import Field, FieldKind, Layout

_TEXT, _CODE, _DAY = FieldKind.TEXT, FieldKind.CODE, FieldKind.DAY
_MONTH, _AMOUNT, _FLAG, _COUNT = FieldKind.MONTH, FieldKind.AMOUNT, FieldKind.FLAG, FieldKind.COUNT

SUBJECT = Layout(
    "subject",
    "信息主体",
    "Subject: a person or firm",
    (
        Field("subject_ref", _TEXT, "报送机构内部的主体标识", "the furnisher's own key for the subject"),
        Field("kind", _CODE, "主体类型", "kind of subject", codes=codes.SUBJECT_KINDS),
        Field("id_kind", _CODE, "证件类型", "kind of identity number", codes=codes.ID_KINDS),
        Field("id_number", _TEXT, "证件号码", "identity number", longest=32, personal="identifier"),
        Field("name", _TEXT, "姓名或名称", "name", longest=120, personal="name"),
        Field("born_on", _DAY, "出生日期", "day of birth (persons)", is_required=False, personal="identifier"),
        Field("phone", _TEXT, "联系电话", "telephone", is_required=False, longest=32, personal="contact"),
        Field(
            "region", _TEXT, "所在地区划代码", "division code of the place of residence", is_required=False, longest=6
        ),
        Field(
            "deceased_on",
            _DAY,
            "死亡日期",
            "day of death, as known to the furnisher",
            is_required=False,
            personal="identifier",
        ),
        Field("synthetic", _FLAG, "是否虚构", "true for a made-up subject", is_required=False),
    ),
)
TRADELINE = Layout(
    "tradeline",
    "信贷账户",
    "Tradeline: one credit account",
    (
        Field("account_no", _TEXT, "账户号", "the furnisher's own key for the account"),
        Field("subject_ref", _TEXT, "主体标识", "key of the subject it belongs to"),
        Field("role", _CODE, "主体在账户中的角色", "the subject's part in the account", codes=codes.ROLES),
        Field("account_type", _CODE, "账户类型", "type of account", codes=codes.ACCOUNT_TYPES),
        Field("business_type", _CODE, "业务种类", "type of business", codes=codes.BUSINESS_TYPES),
        Field("opened_on", _DAY, "开立日期", "day opened"),
        Field("due_on", _DAY, "到期日期", "day due", is_required=False),
        Field("closed_on", _DAY, "关闭日期", "day closed", is_required=False),
        Field("currency", _CODE, "币种", "currency", codes=codes.CURRENCIES),
        Field("limit_fen", _AMOUNT, "贷款金额或授信额度（分）", "loan amount or credit limit, smallest unit"),
        Field(
            "account_status",
            _CODE,
            "账户状态",
            "status of the account (its meaning depends on the type)",
            codes=codes.ACCOUNT_STATUSES,
        ),
        Field("five_class", _CODE, "五级分类", "five-class grade", is_required=False, codes=codes.FIVE_CLASSES),
        Field("as_of_on", _DAY, "信息日期", "day on which this held"),
    ),
)
MONTH = Layout(
    "month",
    "月度表现",
    "Month: one month of an account",
    (
        Field("account_no", _TEXT, "账户号", "key of the account"),
        Field("month", _MONTH, "月份", "month"),
        Field("status", _CODE, "当月还款状态", "repayment status of the month", codes=codes.MONTH_STATUSES),
        Field("balance_fen", _AMOUNT, "余额（分）", "balance at month end; absent when not known", is_required=False),
        Field("due_fen", _AMOUNT, "当月应还（分）", "due this month; absent when not known", is_required=False),
        Field("paid_fen", _AMOUNT, "当月实还（分）", "paid this month; absent when not known", is_required=False),
        Field(
            "overdue_fen",
            _AMOUNT,
            "当前逾期总额（分）",
            "overdue at month end; absent when not known",
            is_required=False,
        ),
        Field(
            "adverse_notified_on",
            _DAY,
            "不良信息事先告知日期",
            "day on which the person was told of the adverse information (Art. 15); required when the status is adverse",
            is_required=False,
        ),
    ),
)
_ACCOUNT_NO = Field("account_no", _TEXT, "账户号", "key of the account")
_SUBJECT_REF = Field("subject_ref", _TEXT, "主体标识", "key of the subject")
_OF_MONTH = Field("month", _MONTH, "月份", "month")
_AS_OF = Field("as_of_on", _DAY, "信息日期", "day on which this held")
_CURRENCY = Field("currency", _CODE, "币种", "currency", codes=codes.CURRENCIES)
_NOTIFIED = Field(
    "adverse_notified_on", _DAY, "不良信息事先告知日期",
    "day on which the person was told of the adverse information (Art. 15); required when the record is adverse",
    is_required=False,
)  # fmt: skip
_CONSENT = (
    Field("consent_ref", _TEXT, "同意书编号", "the furnisher's key of the written consent", is_required=False),
    Field("consent_given_on", _DAY, "取得同意日期", "day of the written consent", is_required=False),
    Field(
        "notice_on", _DAY, "告知不利后果日期", "day on which the person was warned of the effects", is_required=False
    ),
)
SHARE = Layout(
    "share",
    "联合贷款出资比例",
    "Share: one funder's part of a joint loan",
    (
        _ACCOUNT_NO,
        Field("funder", _TEXT, "出资机构代码", "code of the funding institution"),
        Field("share_bp", _COUNT, "出资比例（万分之一）", "share in basis points", most=10_000),
        _AS_OF,
    ),
)
PARTY = Layout(
    "party",
    "账户关系人",
    "Party: a subject's part in a joint account",
    (
        _ACCOUNT_NO,
        _SUBJECT_REF,
        Field("role", _CODE, "主体在账户中的角色", "the subject's part in the account", codes=codes.ROLES),
        Field("liability_fen", _AMOUNT, "责任金额（分）", "amount the party answers for", is_required=False),
        Field("ended_on", _DAY, "关系终止日期", "day on which the part ended", is_required=False),
        _AS_OF,
    ),
)
GUARANTEE = Layout(
    "guarantee",
    "对外担保",
    "Guarantee given by a subject",
    (
        Field("guarantee_no", _TEXT, "担保合同号", "the furnisher's own key for the guarantee"),
        Field("subject_ref", _TEXT, "担保人标识", "key of the guarantor"),
        Field("account_no", _TEXT, "被担保账户号", "key of the account it secures", is_required=False),
        Field("guarantee_kind", _CODE, "担保方式", "kind of guarantee", codes=codes.GUARANTEE_KINDS),
        Field("starts_on", _DAY, "担保起始日期", "first day"),
        Field("ends_on", _DAY, "担保到期日期", "last day", is_required=False),
        _CURRENCY,
        Field("amount_fen", _AMOUNT, "担保金额（分）", "amount guaranteed"),
        Field("outstanding_fen", _AMOUNT, "在保余额（分）", "amount still guaranteed", is_required=False),
        Field("guarantee_status", _CODE, "担保状态", "status of the guarantee", codes=codes.GUARANTEE_STATUSES),
        _NOTIFIED,
        _AS_OF,
    ),
)
PLATFORM_USE = Layout(
    "platform-use",
    "平台服务使用情况",
    "Platform use: one month of a subject's use of a service, in bands",
    (
        _SUBJECT_REF,
        _OF_MONTH,
        Field("service", _CODE, "服务种类", "service", codes=codes.SERVICES),
        Field("active_band", _CODE, "活跃天数区间", "days with use, band", codes=codes.DAY_BANDS),
        Field("spend_band", _CODE, "支付金额区间", "amount paid, band", is_required=False, codes=codes.AMOUNT_BANDS),
        Field("bills", _COUNT, "到期账单数", "bills that fell due", is_required=False, most=10_000),
        Field("bills_late", _COUNT, "逾期账单数", "bills paid late or not at all", is_required=False, most=10_000),
        Field("overdue_fen", _AMOUNT, "逾期金额（分）", "overdue at month end", is_required=False),
        _NOTIFIED,
        *_CONSENT,
    ),
)
BUSINESS = Layout(
    "business",
    "经营活动",
    "Business: one month of a firm's or sole trader's activity",
    (
        _SUBJECT_REF,
        _OF_MONTH,
        Field("trader_kind", _CODE, "经营者类型", "firm or sole trader", codes=codes.TRADER_KINDS),
        Field("turnover_fen", _AMOUNT, "营业额（分）", "turnover", is_required=False),
        Field("refund_fen", _AMOUNT, "退款额（分）", "refunds", is_required=False),
        Field("orders", _COUNT, "订单数", "orders", is_required=False, most=10**9),
        Field("customers", _COUNT, "付款客户数", "paying customers", is_required=False, most=10**9),
        Field("active_days", _COUNT, "有收款的天数", "days with a payment", is_required=False, most=31),
        Field("largest_bp", _COUNT, "最大客户占比（万分之一）", "part of the largest customer, basis points",
              is_required=False, most=10_000),
        Field("penalties", _COUNT, "平台处罚次数", "penalties by the platform", is_required=False, most=10_000),
        *_CONSENT,
    ),
)  # fmt: skip
OUTSIDE_INQUIRY = Layout(
    "outside-inquiry",
    "外部查询",
    "Inquiry made by others, outside this bureau",
    (
        Field("inquiry_no", _TEXT, "查询编号", "the furnisher's own key for the inquiry"),
        _SUBJECT_REF,
        Field("asked_on", _DAY, "查询日期", "day of the inquiry"),
        Field("asked_by", _TEXT, "查询机构代码", "code of the institution that asked"),
        Field("asker_kind", _CODE, "查询机构类型", "kind of the institution", codes=codes.INSTITUTION_KINDS),
        Field("reason", _CODE, "查询原因", "reason", codes=codes.INQUIRY_REASONS),
    ),
)
PUBLIC_RECORD = Layout(
    "public-record",
    "公共信息",
    "Public record: a judgment, enforcement, penalty or award",
    (
        Field("public_no", _TEXT, "公共记录编号", "the furnisher's own key for the record"),
        _SUBJECT_REF,
        Field("public_kind", _CODE, "记录种类", "kind of record", codes=codes.PUBLIC_KINDS),
        Field("issuer", _TEXT, "作出机关", "authority", longest=120),
        Field("case_no", _TEXT, "案号或文号", "number of the case or paper", is_required=False),
        Field("decided_on", _DAY, "作出日期", "day of the decision"),
        Field("amount_fen", _AMOUNT, "涉及金额（分）", "amount", is_required=False),
        Field("public_status", _CODE, "记录状态", "status", codes=codes.PUBLIC_STATUSES),
        Field("ended_on", _DAY, "终止日期", "day on which it ended", is_required=False),
        _NOTIFIED,
        _AS_OF,
    ),
)
_TARGET = (
    Field("target", _CODE, "所涉记录种类", "kind of the record concerned", codes=codes.TARGETS),
    Field("key", _TEXT, "所涉记录的报送标识", "the furnisher's own key of the record: account_no, subject_ref and so on"),
    Field("part", _TEXT, "第二标识", "second part of the key: funder of a share, subject_ref of a party, service",
          is_required=False),
    Field("month", _MONTH, "月份", "month of the record, where it has one", is_required=False),
)  # fmt: skip
CORRECTION = Layout(
    "correction",
    "更正",
    "Correction of one field of a record sent before",
    (
        *_TARGET,
        Field("field", _TEXT, "更正的字段", "field of the record"),
        Field("old_value", _TEXT, "原值", "value as it stands now, as in a CSV", is_required=False, longest=120),
        Field("new_value", _TEXT, "新值", "right value, as in a CSV; absent: none", is_required=False, longest=120),
        Field("reason", _CODE, "原因", "reason", codes=codes.CORRECTION_REASONS),
        Field("decided_on", _DAY, "决定日期", "day of the decision"),
        _NOTIFIED,
    ),
)
DELETION = Layout(
    "deletion",
    "删除",
    "Deletion of a record sent before",
    (
        *_TARGET,
        Field("reason", _CODE, "原因", "reason", codes=codes.CORRECTION_REASONS),
        Field("decided_on", _DAY, "决定日期", "day of the decision"),
    ),
)
DISPUTE_ANSWER = Layout(
    "dispute-answer",
    "异议答复",
    "Answer to a dispute",
    (
        Field("dispute_no", _TEXT, "异议编号", "number of the dispute"),
        Field("answer", _CODE, "答复", "answer", codes=codes.DISPUTE_ANSWERS),
        Field(
            "document", _TEXT, "依据的原始文件", "source document the answer rests on", is_required=False, longest=120
        ),
        Field("note", _TEXT, "说明", "explanation in words", is_required=False, longest=500),
        Field("decided_on", _DAY, "决定日期", "day of the decision"),
    ),
)
LAYOUTS = {
    layout.record: layout
    for layout in (
        SUBJECT, TRADELINE, MONTH, SHARE, PARTY, GUARANTEE, PLATFORM_USE, BUSINESS, OUTSIDE_INQUIRY, PUBLIC_RECORD,
        CORRECTION, DELETION, DISPUTE_ANSWER,
    )
}  # fmt: skip
FORMAT = "openbureau/1"
KEYS: dict[str, tuple[str, ...]] = {
    "subject": ("subject_ref",),
    "tradeline": ("account_no",),
    "month": ("account_no", "month"),
    "share": ("account_no", "funder"),
    "party": ("account_no", "subject_ref"),
    "guarantee": ("guarantee_no",),
    "platform-use": ("subject_ref", "month", "service"),
    "business": ("subject_ref", "month"),
    "outside-inquiry": ("inquiry_no",),
    "public-record": ("public_no",),
}
"""The furnisher's own key of each kind that can be corrected or deleted: `key`, then `month` or `part`."""
