"""The three record kinds of openbureau/1 as furnished today.  Data table."""

from openbureau.core.furnishing import codes
from openbureau.core.furnishing.layout import Field, FieldKind, Layout

_TEXT, _CODE, _DAY = FieldKind.TEXT, FieldKind.CODE, FieldKind.DAY
_MONTH, _AMOUNT, _FLAG = FieldKind.MONTH, FieldKind.AMOUNT, FieldKind.FLAG

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
LAYOUTS = {layout.record: layout for layout in (SUBJECT, TRADELINE, MONTH)}
FORMAT = "openbureau/1"
