"""Which figures does a scorecard draw on?  Data table.

Each attribute: name, family, unit, plain words in Chinese and English, whether the person can change it.  Windows are
whole calendar months before the month of the inquiry.  Special codes stand for what is not a value.
"""

from dataclasses import dataclass

NO_RECORD = "no-record"
"""Nothing of this kind is held."""
TOO_NEW = "too-new"
"""Held, but not for long enough."""

FAMILIES = {
    "payments": ("还款记录", "Payment record"),
    "debt": ("负债水平", "Debt level"),
    "length": ("信用历史", "Length of record"),
    "new-credit": ("新增信贷", "New credit"),
    "shared": ("共同债务", "Shared obligations"),
}


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """What an attribute is."""

    name: str
    family: str
    unit: str
    zh: str
    en: str
    can_change: bool


ATTRIBUTES: tuple[AttributeRow, ...] = (
    AttributeRow("worst_12", "payments", "status band", "近12个月最严重逾期", "Worst delay in the last 12 months", True),
    AttributeRow("worst_24", "payments", "status band", "近24个月最严重逾期", "Worst delay in the last 24 months", True),
    AttributeRow("months_since_late", "payments", "months", "距最近一次逾期的月数", "Months since the last delay", True),
    AttributeRow("late_accounts_12", "payments", "accounts", "近12个月逾期账户数",
                  "Accounts with a delay in the last 12 months", True),
    AttributeRow("late_share_24", "payments", "per mille", "近24个月逾期月数占比",
                  "Share of account months with a delay, last 24 months", True),
    AttributeRow("on_time_run", "payments", "months", "连续按时还款月数", "Months in a row with everything on time", True),
    AttributeRow("past_due_now", "payments", "fen", "当前逾期金额", "Amount past due now", True),
    AttributeRow("written_off", "payments", "accounts", "呆账及代偿账户数", "Accounts written off or paid by others", False),
    AttributeRow("utilisation", "debt", "per mille", "循环额度使用率", "Share of revolving limits in use", True),
    AttributeRow("highest_utilisation", "debt", "per mille", "单一账户最高使用率",
                  "Highest use of a single revolving limit", True),
    AttributeRow("with_balance", "debt", "accounts", "有余额账户数", "Accounts with a balance", True),
    AttributeRow("still_owed", "debt", "per mille", "分期贷款未还比例", "Share of instalment loans still owed", True),
    AttributeRow("oldest_months", "length", "months", "最早账户开立月数", "Months since the oldest account opened", False),
    AttributeRow("average_months", "length", "months", "账户平均开立月数", "Average age of accounts in months", False),
    AttributeRow("history_months", "length", "months", "有记录的月数", "Months of history on file", False),
    AttributeRow("opened_6", "new-credit", "accounts", "近6个月新开账户数", "Accounts opened in the last 6 months", True),
    AttributeRow("inquiries_3", "new-credit", "inquiries", "近3个月申请类查询次数",
                  "Applications for credit in the last 3 months", True),
    AttributeRow("lenders_asked_3", "new-credit", "lenders", "近3个月查询机构数",
                  "Lenders that asked in the last 3 months", True),
    AttributeRow("shared_accounts", "shared", "accounts", "共同借款及担保账户数",
                  "Joint and guaranteed accounts", True),
    AttributeRow("worst_shared_12", "shared", "status band", "近12个月共同债务最严重逾期",
                  "Worst delay on shared accounts, last 12 months", True),
)  # fmt: skip
BY_NAME = {info.name: info for info in ATTRIBUTES}
