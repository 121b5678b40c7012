"""Where does a Metro 2 value stand, and which codes may it hold?

One table drives reader, writer, checks, test data, JSON Schema, data contract and page.  Positions of the 426 form are those
on which the public sources agree; those of the 366 form follow from the kind of each value.  Data table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

Codes = Mapping[str, tuple[str, str]]


class Kind(StrEnum):
    """How a value is written.  In the packed form TIME takes 8 bytes, DATE 5, a NUMBER of nine digits 5, PHONE 6."""

    LENGTH = "length"
    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    PHONE = "phone"


DIGITS = frozenset({Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.PHONE})


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of a segment: name, kind, length in characters, words in both languages."""

    name: str
    kind: Kind
    length: int
    en: str
    zh: str
    codes: Codes | None = None
    personal: str = "none"
    """`identifier`, `name` or `contact` for direct personal data, else `none`."""
    packed: int = 0
    """Length in the packed form where it does not follow from the kind."""

    @property
    def packed_length(self) -> int:
        """Length in the packed form of a segment that packs."""
        if self.packed:
            return self.packed
        match self.kind:
            case Kind.TIME:
                return 8
            case Kind.DATE:
                return 5
            case Kind.PHONE:
                return 6
            case Kind.NUMBER if self.length == 9:
                return 5
            case _:
                return self.length


@dataclass(frozen=True)
class Segment:
    """A segment and its values in order.  `packs`: are its numbers packed in the packed form?"""

    name: str
    mark: str
    en: str
    zh: str
    slots: tuple[Slot, ...]
    packs: bool = False

    @cached_property
    def size(self) -> int:
        """Length in characters."""
        return sum(slot.length for slot in self.slots)

    @cached_property
    def packed_size(self) -> int:
        """Length in the packed form."""
        return sum(self.width(slot, is_packed=True) for slot in self.slots)

    def width(self, slot: Slot, *, is_packed: bool) -> int:
        """Bytes that a value takes."""
        if not is_packed:
            return slot.length
        return slot.packed_length if self.packs else slot.packed or slot.length

    def places(self, *, is_packed: bool = False) -> dict[str, slice]:
        """Where each value stands, counted from 0."""
        found, at = {}, 0
        for slot in self.slots:
            end = at + self.width(slot, is_packed=is_packed)
            found[slot.name] = slice(at, end)
            at = end
        return found

    @cached_property
    def by_name(self) -> dict[str, Slot]:
        """Values by name."""
        return {slot.name: slot for slot in self.slots}


# ------------------------------------------------------------------------------------------------------ codes

PORTFOLIOS: Codes = {
    "C": ("line of credit", "授信额度"), "I": ("instalment", "分期"), "M": ("mortgage", "按揭"), "O": ("open", "开放式"),
    "R": ("revolving", "循环"), "L": ("lease (named by one public source only)", "租赁（仅见于一个公开来源）"),
}  # fmt: skip
FREQUENCIES: Codes = {
    "D": ("deferred", "延期"), "P": ("single payment", "一次还清"), "W": ("weekly", "每周"), "B": ("every two weeks", "每两周"),
    "E": ("twice a month", "每半月"), "M": ("monthly", "每月"), "L": ("every two months", "每两月"),
    "Q": ("quarterly", "每季"),
    "T": ("every four months", "每四个月"), "S": ("twice a year", "每半年"), "Y": ("yearly", "每年"),
}  # fmt: skip
STATUSES: Codes = {
    "11": ("current, 0-29 days past due", "正常，逾期0-29天"),
    "71": ("30-59 days past due", "逾期30-59天"), "78": ("60-89 days past due", "逾期60-89天"),
    "80": ("90-119 days past due", "逾期90-119天"), "82": ("120-149 days past due", "逾期120-149天"),
    "83": ("150-179 days past due", "逾期150-179天"), "84": ("180 days and more past due", "逾期180天及以上"),
    "93": ("in collection", "催收中"), "96": ("repossessed", "担保物已收回"), "97": ("charged off", "已核销"),
    "13": ("paid or closed, no balance", "已结清或关闭，无余额"),
    "61": ("paid in full, was voluntary surrender", "已结清，曾自愿交还担保物"),
    "62": ("paid in full, was collection", "已结清，曾催收"), "63": ("paid in full, was repossession", "已结清，曾收回担保物"),
    "64": ("paid in full, was charge-off", "已结清，曾核销"),
    "65": ("paid in full, foreclosure was started", "已结清，曾启动止赎"),
    "05": ("transferred", "已转让"), "88": ("claim filed with government insurer", "已向政府保险人索赔"),
    "89": ("deed instead of foreclosure", "以契代赎"), "94": ("foreclosure completed", "止赎完成"),
    "95": ("voluntary surrender", "自愿交还担保物"),
    "DA": ("delete the account", "删除账户"), "DF": ("delete the account, confirmed fraud", "删除账户（确认欺诈）"),
}  # fmt: skip
PAST_DUE = {"71": 1, "78": 2, "80": 3, "82": 4, "83": 5, "84": 6}
"""Statuses that count days, as the digit of rating and history."""
PAID = frozenset({"13", "61", "62", "63", "64", "65"})
RATED = frozenset({"05", "13", "65", "88", "89", "94", "95"})
"""Statuses that come with a payment rating; all others come without."""
DERELICT = frozenset({"93", "96", "97", "88", "89", "94", "95"})
DELETIONS = frozenset({"DA", "DF"})
RATINGS: Codes = {
    "0": ("current", "正常"), "1": ("30-59 days", "30-59天"), "2": ("60-89 days", "60-89天"), "3": ("90-119 days", "90-119天"),
    "4": ("120-149 days", "120-149天"), "5": ("150-179 days", "150-179天"), "6": ("180 days and more", "180天及以上"),
    "G": ("collection", "催收"), "L": ("charge-off", "核销"),
}  # fmt: skip
HISTORY: Codes = {
    **RATINGS,
    "B": ("no history before this month", "此前无历史"), "D": ("no history this month", "当月无历史"),
    "E": ("no balance and current", "无余额且正常"), "H": ("foreclosure completed", "止赎完成"),
    "J": ("voluntary surrender", "自愿交还担保物"), "K": ("repossession", "收回担保物"), "Z": ("too new", "账户过新"),
}  # fmt: skip
NO_EQUAL = "!"
"""Adverse, and without an equal in openbureau/1: the month stays out."""
HISTORY_MONTHS: dict[str, str | None] = {
    "0": "N", "1": "2", "2": "3", "3": "4", "4": "5", "5": "6", "6": "7", "E": "*", "D": "#", "L": "B", "H": "Z", "J": "Z",
    "K": "Z", "G": NO_EQUAL, "B": None, "Z": None,
}  # fmt: skip
"""Month status of openbureau/1 for each letter; None: nothing is said about the month."""
MONTH_OF_STATUS = {
    "11": "N", "71": "2", "78": "3", "80": "4", "82": "5", "83": "6", "84": "7", "93": NO_EQUAL, "96": "Z", "97": "B",
    "13": "C",
    "61": "C", "62": "C", "63": "C", "64": "C", "65": "C", "05": "N", "88": NO_EQUAL, "89": "Z", "94": "Z", "95": NO_EQUAL,
}  # fmt: skip
ACCOUNT_STATUS: dict[str, tuple[str, str, str, str]] = {
    "11": ("1", "1", "1", "1"), "71": ("2", "2", "1", "1"), "78": ("2", "2", "1", "1"), "80": ("2", "2", "1", "1"),
    "82": ("2", "2", "1", "1"), "83": ("2", "2", "1", "1"), "84": ("2", "2", "1", "1"), "93": ("2", "2", "3", "1"),
    "96": ("6", "6", "6", "1"), "97": ("4", "4", "5", "1"), "13": ("3", "3", "4", "2"), "61": ("3", "3", "4", "2"),
    "62": ("3", "3", "4", "2"), "63": ("3", "3", "4", "2"), "64": ("3", "3", "4", "2"), "65": ("3", "3", "4", "2"),
    "05": ("5", "3", "4", "2"), "88": ("2", "2", "1", "1"), "89": ("7", "8", "8", "1"), "94": ("7", "8", "8", "1"),
    "95": ("7", "6", "8", "1"),
}  # fmt: skip
"""Account status of openbureau/1 for D1, R1, R2 and C1: the same number means different things for loans and cards."""
ACCOUNT_STATUS_TYPES = ("D1", "R1", "R2", "C1")
ECOA: Codes = {
    "1": ("individual", "个人"), "2": ("joint", "共同"), "3": ("authorised user", "授权使用人"),
    "5": ("co-maker or guarantor", "共同出票人或担保人"), "7": ("maker", "出票人"), "T": ("tie ended", "关系终止"),
    "Z": ("delete this person from the account", "将此人从账户删除"),
    "W": ("SOURCES CLASH: business or enterprise (usual reading); deceased (one furnishing company)",
          "来源冲突：企业（通行读法）；死亡（一家报送公司）"),
    "X": ("SOURCES CLASH: deceased (usual reading); business or enterprise (one furnishing company)",
          "来源冲突：死亡（通行读法）；企业（一家报送公司）"),
}  # fmt: skip
ECOA_UNCLEAR = frozenset("WX")
"""Codes that two public sources read in opposite ways.  A wrong choice marks living people dead: neither is acted on."""
ECOA_ROLES: dict[str, str | None] = {
    "1": "borrower", "2": "borrower", "7": "borrower", "5": "guarantor", "3": None, "T": None, "Z": None, "W": None, "X": None,
}  # fmt: skip
"""Part in the account, where the person of the base segment owes; None: no tradeline is made."""
ECOA_OTHERS = {"1": "co-borrower", "2": "co-borrower", "5": "guarantor", "7": "co-borrower"}
"""Part in the account of a person of J1 or J2 who owes; all others are left out."""
COMPLIANCE: Codes = {
    "XA": ("closed at the person's request", "应本人要求关闭"), "XB": ("dispute under investigation", "异议调查中"),
    "XC": ("investigated, person still disagrees", "已调查，本人仍不同意"),
    "XD": ("closed at the person's request, dispute under investigation", "应本人要求关闭，异议调查中"),
    "XE": ("closed at the person's request, person still disagrees", "应本人要求关闭，本人仍不同意"),
    "XF": ("billing dispute open", "账单争议中"), "XG": ("billing dispute over", "账单争议结束"),
    "XH": ("dispute over", "异议结束"),
    "XR": ("take the old code off", "移除原代码"),
}  # fmt: skip
LINE_TYPES = frozenset({"15", "43", "47", "89", "7A", "9B"})
"""The one rule on portfolio and account type that a supervisor published: a line of credit has one of these types."""
ACCOUNT_TYPES: dict[str, tuple[str, str, str, str]] = {
    "00": ("car", "汽车", "21", "I"), "01": ("unsecured", "无担保", "91", "I"), "02": ("secured", "有担保", "91", "I"),
    "03": ("partially secured", "部分担保", "91", "I"), "04": ("home improvement", "房屋装修", "91", "I"),
    "05": ("insured home improvement", "受保房屋装修", "91", "I"), "06": ("instalment sales contract", "分期购货", "91", "I"),
    "07": ("charge account", "赊购账户", "91", "RO"), "08": ("real estate", "房地产", "11", "M"),
    "11": ("recreational goods", "休闲商品", "91", "I"), "12": ("education", "助学", "31", "I"),
    "13": ("lease", "租赁", "92", "IL"),
    "15": ("line of credit", "授信额度", "91", "C"), "17": ("manufactured home", "活动房屋", "11", "I"),
    "18": ("credit card", "信用卡", "81", "R"), "19": ("insured mortgage", "受保按揭", "11", "M"),
    "20": ("note", "票据贷款", "91", "I"), "25": ("veterans' mortgage", "退伍军人按揭", "11", "M"),
    "26": ("conventional mortgage", "普通按揭", "11", "M"), "29": ("rent", "租房", "99", "IO"),
    "2A": ("secured credit card", "有担保信用卡", "81", "R"), "2C": ("rural mortgage", "农村按揭", "11", "M"),
    "37": ("combined credit plan", "综合授信", "91", "R"), "3A": ("car lease", "汽车租赁", "92", "IL"),
    "43": ("debit card with credit line", "带授信借记卡", "91", "C"),
    "47": ("secured line of credit", "有担保授信额度", "91", "C"),
    "48": ("collection", "催收", "99", "O"), "4D": ("telecommunications", "电信", "99", "O"),
    "5A": ("second mortgage", "二次按揭", "11", "M"), "5B": ("second mortgage, insured", "受保二次按揭", "11", "M"),
    "6A": ("business instalment", "商业分期", "41", "I"), "6B": ("business mortgage", "商业按揭", "12", "M"),
    "6D": ("home equity", "房屋净值", "11", "IM"), "77": ("returned cheque", "退票", "99", "O"),
    "7A": ("business line of credit", "商业授信额度", "41", "C"), "7B": ("agriculture", "农业", "51", "I"),
    "89": ("home equity line of credit", "房屋净值授信", "11", "C"), "8A": ("business credit card", "商务信用卡", "81", "R"),
    "8B": ("overdrawn deposit account", "透支存款账户", "99", "O"), "90": ("medical debt", "医疗债务", "99", "O"),
    "91": ("debt consolidation", "债务整合", "91", "I"), "92": ("utility", "公用事业", "99", "O"),
    "93": ("child support", "子女抚养费", "99", "O"), "95": ("attorney fees", "律师费", "99", "O"),
    "9A": ("secured home improvement", "有担保房屋装修", "91", "I"),
    "9B": ("business line, personally guaranteed", "个人担保商业额度", "41", "C"),
    "0A": ("time share", "分时度假", "91", "I"), "0C": ("debt buyer", "债权收购", "99", "O"),
    "0F": ("construction loan", "建筑贷款", "11", "I"), "0G": ("flexible card", "灵活消费卡", "81", "RO"),
}  # fmt: skip
"""Meaning (en, zh), business type of openbureau/1, and the portfolio types with which it is usually sent.  Only `LINE_TYPES`
comes from a published rule; the rest is general knowledge and gives warnings at most."""
CARD_TYPES = frozenset({"18", "2A", "8A", "0G"})
COLLECTION_TYPES = frozenset({"48", "0C", "77"})
INDICATORS_PURCHASED: Codes = {"1": ("bought from", "购自"), "2": ("sold to", "售予"), "9": ("remove", "移除")}
AGENCIES: Codes = {"00": ("none", "无"), "01": ("Fannie Mae", "房利美"), "02": ("Freddie Mac", "房地美")}
SPECIAL_PAYMENTS: Codes = {"01": ("balloon payment", "气球型还款"), "02": ("deferred payment", "延期还款")}
CHANGES: Codes = {"1": ("account number", "账户号"), "2": ("furnisher's number", "机构编号"), "3": ("both", "两者")}
CORRECTIONS: Codes = {"0": ("as usual", "正常"), "1": ("replaces an earlier record", "替换此前记录")}
PROCESSING: Codes = {"1": ("always 1", "固定为1")}
INTEREST: Codes = {"F": ("fixed", "固定"), "V": ("variable", "浮动")}

# ------------------------------------------------------------------------------------------------------ segments

_N, _T, _C, _D = Kind.NUMBER, Kind.TEXT, Kind.CODE, Kind.DATE


def _money(name: str, en: str, zh: str) -> Slot:
    return Slot(name, _N, 9, f"{en}, whole units", f"{zh}（整数货币单位）")


def _date(name: str, en: str, zh: str) -> Slot:
    return Slot(name, _D, 8, f"{en}, MMDDYYYY", f"{zh}（月日年）")


_RDW = Slot("record_descriptor_word", Kind.LENGTH, 4, "length of the record with its segments", "记录及其附段的长度")
_ID = Slot("segment_identifier", _T, 2, "mark of the segment", "段标识")
_PERSON = (
    Slot("surname", _T, 25, "surname", "姓", personal="name"),
    Slot("first_name", _T, 20, "first name", "名", personal="name"),
    Slot("middle_name", _T, 20, "middle name", "中间名", personal="name"),
    Slot("generation_code", _T, 1, "generation (junior, senior, number)", "辈分代码"),
    Slot(
        "social_security_number",
        _N,
        9,
        "social security number; 0 when not known",
        "社会保障号；未知为0",
        personal="identifier",
    ),
    Slot("date_birth", _D, 8, "day of birth, MMDDYYYY", "出生日期（月日年）", personal="identifier"),
    Slot("telephone_number", Kind.PHONE, 10, "telephone", "电话", personal="contact"),
    Slot("ecoa_code", _C, 1, "tie of the person to the account", "本人与账户的关系", ECOA),
    Slot("consumer_information_indicator", _T, 2, "bankruptcy and the like", "破产等标识"),
)
_ADDRESS = (
    Slot("country_code", _T, 2, "country", "国家"),
    Slot("first_line_address", _T, 32, "address, first line", "地址第一行", personal="contact"),
    Slot("second_line_address", _T, 32, "address, second line", "地址第二行", personal="contact"),
    Slot("city", _T, 20, "city", "城市", personal="contact"),
    Slot("state", _T, 2, "state", "州"),
    Slot("zip_code", _T, 9, "postal code", "邮政编码", personal="contact"),
    Slot("address_indicator", _T, 1, "kind of address", "地址标识"),
    Slot("residence_code", _T, 1, "owns or rents", "居住状况"),
)
HEADER = Segment("header", "HEADER", "Header: who sends", "文件头：报送机构", (
    _RDW,
    Slot("record_identifier", _T, 6, "the word HEADER", "固定为 HEADER"),
    Slot("cycle_identifier", _T, 2, "cycle", "周期"),
    Slot("innovis_program_identifier", _T, 10, "furnisher's id at Innovis", "Innovis 机构编号"),
    Slot("equifax_program_identifier", _T, 10, "furnisher's id at Equifax", "Equifax 机构编号"),
    Slot("experian_program_identifier", _T, 5, "furnisher's id at Experian", "Experian 机构编号"),
    Slot("trans_union_program_identifier", _T, 10, "furnisher's id at TransUnion", "TransUnion 机构编号"),
    _date("activity_date", "last day covered", "覆盖的最后日期"),
    _date("date_created", "day the file was made", "文件生成日期"),
    _date("program_date", "day the program was made", "程序日期"),
    _date("program_revision_date", "day the program was last changed", "程序修订日期"),
    Slot("reporter_name", _T, 40, "furnisher's name", "机构名称"),
    Slot("reporter_address", _T, 96, "furnisher's address", "机构地址"),
    Slot("reporter_telephone_number", Kind.PHONE, 10, "furnisher's telephone", "机构电话"),
    Slot("software_vendor_name", _T, 40, "maker of the software", "软件厂商"),
    Slot("software_version_number", _T, 5, "version of the software", "软件版本"),
    Slot("prbc_program_identifier", _T, 10, "furnisher's id at PRBC", "PRBC 机构编号"),
    Slot("reserved", _T, 146, "blank", "空白", packed=86),
))  # fmt: skip
BASE = Segment("base", "", "Base segment: the account and its first person", "基本段：账户及第一人", (
    _RDW,
    Slot("processing_indicator", _N, 1, "always 1", "固定为1", PROCESSING),
    Slot("time_stamp", Kind.TIME, 14, "when the account was last updated, MMDDYYYYHHMMSS", "账户更新时间（月日年时分秒）"),
    Slot("correction_indicator", _N, 1, "0, or 1 when it replaces an earlier record", "0；替换此前记录为1", CORRECTIONS),
    Slot("identification_number", _T, 20, "furnisher's number", "机构编号"),
    Slot("cycle_identifier", _T, 2, "cycle", "周期"),
    Slot("consumer_account_number", _T, 30, "key of the account", "账户号"),
    Slot("portfolio_type", _C, 1, "type of portfolio", "组合类型", PORTFOLIOS),
    Slot("account_type", _T, 2, "type of account", "账户类型"),
    _date("date_opened", "day opened", "开立日期"),
    _money("credit_limit", "credit limit", "授信额度"),
    _money("highest_credit", "highest credit or original amount", "最高用信额或原始金额"),
    Slot("terms_duration", _T, 3, "number of payments, or LOC, REV, 001", "期数，或 LOC、REV、001"),
    Slot("terms_frequency", _C, 1, "how often a payment is due", "还款频率", FREQUENCIES),
    _money("scheduled_monthly_payment_amount", "due this month", "当月应还"),
    _money("actual_payment_amount", "paid this month", "当月实还"),
    Slot("account_status", _C, 2, "status of the account", "账户状态", STATUSES),
    Slot("payment_rating", _C, 1, "rating before the status; only with 05 13 65 88 89 94 95",
    "还款评级；仅用于 05 13 65 88 89 94 95", RATINGS),
    Slot("payment_history_profile", _T, 24, "24 months before, newest first", "此前24个月，由近及远"),
    Slot("special_comment", _T, 2, "special comment", "特别说明"),
    Slot("compliance_condition_code", _C, 2, "dispute and closing flags", "异议与关闭标识", COMPLIANCE),
    _money("current_balance", "balance", "余额"),
    _money("amount_past_due", "overdue", "逾期金额"),
    _money("original_charge_off_amount", "amount charged off", "核销金额"),
    _date("date_account_information", "day on which all this held", "信息日期"),
    _date("date_first_delinquency", "first day of the delinquency; starts the retention clock", "首次逾期日期；留存期限起点"),
    _date("date_closed", "day closed", "关闭日期"),
    _date("date_last_payment", "day of the last payment", "最近还款日期"),
    Slot("interest_type_indicator", _C, 1, "fixed or variable", "固定或浮动", INTEREST),
    Slot("reserved2", _T, 17, "blank", "空白"),
    *_PERSON,
    *_ADDRESS,
), packs=True)  # fmt: skip
J1 = Segment("j1", "J1", "J1: another person, same address", "J1：另一人，同一地址", (
    _ID, Slot("reserved1", _T, 1, "blank", "空白"), *_PERSON, Slot("reserved2", _T, 1, "blank", "空白"),
))  # fmt: skip
J2 = Segment("j2", "J2", "J2: another person, other address", "J2：另一人，不同地址", (
    _ID, Slot("reserved1", _T, 1, "blank", "空白"), *_PERSON, *_ADDRESS, Slot("reserved2", _T, 2, "blank", "空白"),
))  # fmt: skip
K1 = Segment("k1", "K1", "K1: original creditor", "K1：原债权人", (
    _ID,
    Slot("original_creditor_name", _T, 30, "original creditor", "原债权人名称"),
    Slot("creditor_classification", _N, 2, "kind of creditor", "债权人类别"),
))  # fmt: skip
K2 = Segment("k2", "K2", "K2: bought from or sold to", "K2：购自或售予", (
    _ID,
    Slot("purchased_indicator", _N, 1, "bought, sold or remove", "购入、售出或移除", INDICATORS_PURCHASED),
    Slot("purchased_name", _T, 30, "from or to whom", "交易对方"),
    Slot("reserved", _T, 1, "blank", "空白"),
))  # fmt: skip
K3 = Segment("k3", "K3", "K3: mortgage", "K3：按揭信息", (
    _ID,
    Slot("agency_identifier", _N, 2, "secondary market agency", "二级市场机构", AGENCIES),
    Slot("account_number", _T, 18, "number at the agency", "机构账号"),
    Slot("mortgage_identification_number", _T, 18, "mortgage identification number", "按揭编号"),
))  # fmt: skip
K4 = Segment("k4", "K4", "K4: special payment", "K4：特殊还款", (
    _ID,
    Slot("specialized_payment_indicator", _N, 2, "balloon or deferred", "气球型或延期", SPECIAL_PAYMENTS),
    _date("deferred_payment_start_date", "first payment due", "延期起始日期"),
    _date("balloon_payment_due_date", "balloon payment due", "气球款到期日期"),
    _money("balloon_payment_amount", "balloon payment", "气球款金额"),
    Slot("reserved", _T, 1, "blank", "空白"),
))  # fmt: skip
L1 = Segment("l1", "L1", "L1: changed numbers", "L1：编号变更", (
    _ID,
    Slot("change_indicator", _N, 1, "what changes", "变更内容", CHANGES),
    Slot("new_consumer_account_number", _T, 30, "new key of the account", "新账户号"),
    Slot("new_identification_number", _T, 20, "furnisher's new number", "新机构编号"),
    Slot("reserved", _T, 1, "blank", "空白"),
))  # fmt: skip
N1 = Segment("n1", "N1", "N1: employment", "N1：就业信息", (
    _ID,
    Slot("employer_name", _T, 30, "employer", "雇主", personal="contact"),
    Slot("first_line_employer_address", _T, 32, "employer's address, first line", "雇主地址第一行"),
    Slot("second_line_employer_address", _T, 32, "employer's address, second line", "雇主地址第二行"),
    Slot("employer_city", _T, 20, "employer's city", "雇主城市"),
    Slot("employer_state", _T, 2, "employer's state", "雇主所在州"),
    Slot("zip_code", _T, 9, "employer's postal code", "雇主邮政编码"),
    Slot("occupation", _T, 18, "occupation", "职业"),
    Slot("reserved", _T, 1, "blank", "空白"),
))  # fmt: skip
COUNTED = (
    "05", "11", "13", "61", "62", "63", "64", "65", "71", "78", "80", "82", "83", "84", "88", "89", "93", "94", "95",
    "96", "97",
)  # fmt: skip
"""Statuses that the trailer counts, in its order."""


def _count(name: str, en: str, zh: str) -> Slot:
    return Slot(name, _N, 9, f"how many {en}", f"{zh}数量")


TRAILER = Segment("trailer", "TRAILER", "Trailer: how much was sent", "文件尾：报送数量", (
    _RDW,
    Slot("record_identifier", _T, 7, "the word TRAILER", "固定为 TRAILER"),
    _count("total_base_records", "base segments", "基本段"),
    Slot("reserved1", _T, 9, "blank", "空白", packed=5),
    _count("total_status_code_df", "with status DF", "状态 DF"),
    _count("total_consumer_segments_j1", "J1 segments", "J1 段"),
    _count("total_consumer_segments_j2", "J2 segments", "J2 段"),
    _count("block_count", "blocks, with header and trailer", "数据块（含文件头尾）"),
    _count("total_status_code_da", "with status DA", "状态 DA"),
    *(_count(f"total_status_code{code}", f"with status {code}", f"状态 {code} ") for code in COUNTED),
    _count("total_ecoa_code_z", "persons with ECOA code Z", "ECOA 代码 Z "),
    _count("total_employment_segments", "N1 segments", "N1 段"),
    _count("total_original_creditor_segments", "K1 segments", "K1 段"),
    _count("total_purchased_to_segments", "K2 segments", "K2 段"),
    _count("total_mortgage_information_segments", "K3 segments", "K3 段"),
    _count("total_payment_information_segments", "K4 segments", "K4 段"),
    _count("total_change_segments", "L1 segments", "L1 段"),
    _count("total_social_numbers_all_segments", "social security numbers", "社会保障号"),
    _count("total_social_numbers_base_segments", "social security numbers in base segments", "基本段社会保障号"),
    _count("total_social_numbers_j1_segments", "social security numbers in J1", "J1 段社会保障号"),
    _count("total_social_numbers_j2_segments", "social security numbers in J2", "J2 段社会保障号"),
    _count("total_dates_birth_all_segments", "days of birth", "出生日期"),
    _count("total_dates_birth_base_segments", "days of birth in base segments", "基本段出生日期"),
    _count("total_dates_birth_j1_segments", "days of birth in J1", "J1 段出生日期"),
    _count("total_dates_birth_j2_segments", "days of birth in J2", "J2 段出生日期"),
    _count("total_telephone_numbers_all_segments", "telephone numbers", "电话号码"),
    Slot("reserved2", _T, 19, "blank", "空白", packed=135),
), packs=True)  # fmt: skip
APPENDED = {segment.mark: segment for segment in (J1, J2, K1, K2, K3, K4, L1, N1)}
"""Segments that may follow a base segment, in this order; all but L1 may come again."""
SEGMENTS = {segment.name: segment for segment in (HEADER, BASE, *APPENDED.values(), TRAILER)}
FORMAT = "metro2"
