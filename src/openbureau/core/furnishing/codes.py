"""Which codes may stand in a furnished record?  PBOC vocabulary with Chinese and English words.  Data table."""

from openbureau.core.identity.documents import DOCUMENTS

ROLES = {
    "borrower": ("借款人", "main party"),
    "co-borrower": ("共同借款人", "joint party"),
    "guarantor": ("担保人", "guarantor"),
}
SUBJECT_KINDS = {"person": ("自然人", "natural person"), "enterprise": ("企业", "enterprise")}
ID_KINDS = {name: (document.zh, document.en) for name, document in DOCUMENTS.items()}
ACCOUNT_TYPES = {
    "D1": ("非循环贷账户", "non-revolving loan"),
    "R1": ("循环贷账户", "revolving loan"),
    "R2": ("贷记卡账户", "credit card"),
    "R3": ("准贷记卡账户", "semi-credit card"),
    "R4": ("循环额度下分账户", "sub-account under a revolving limit"),
    "C1": ("催收账户", "collection"),
}
ACCOUNT_STATUSES = {
    "1": ("正常", "normal (in collection for C1)"),
    "2": ("逾期或冻结", "overdue (frozen for cards, ended for C1)"),
    "3": ("结清或止付", "settled (payment stopped for cards)"),
    "31": ("银行止付", "stopped by the bank (cards)"),
    "4": ("呆账或销户", "bad debt (closed for cards)"),
    "5": ("转出、银行止付或呆账", "moved out (stopped by the bank for R1, bad debt for cards)"),
    "6": ("担保物不足或未激活", "collateral short (not activated for cards)"),
    "7": ("强制平仓", "forced sale (D1)"),
    "8": ("司法追偿", "judicial recovery"),
}
STATUSES_OF_TYPE = {
    "D1": frozenset({"1", "2", "3", "4", "5", "6", "7", "8"}),
    "R4": frozenset({"1", "2", "3", "4", "6", "8"}),
    "R1": frozenset({"1", "2", "3", "4", "5", "6", "8"}),
    "R2": frozenset({"1", "2", "3", "31", "4", "5", "6", "8"}),
    "R3": frozenset({"1", "2", "3", "31", "4", "5", "6", "8"}),
    "C1": frozenset({"1", "2"}),
}
CLOSED_STATUSES = {"D1": {"3", "5"}, "R4": {"3"}, "R1": {"3"}, "R2": {"4"}, "R3": {"4"}, "C1": {"2"}}
"""Account statuses that say the account has ended: the same number means different things for loans and cards."""
BUSINESS_TYPES = {
    "11": ("个人住房贷款", "home loan"),
    "12": ("个人商用房贷款", "commercial property loan"),
    "13": ("住房公积金贷款", "housing fund loan"),
    "21": ("个人汽车贷款", "car loan"),
    "31": ("助学贷款", "student loan"),
    "41": ("经营性贷款", "business loan"),
    "42": ("创业担保贷款", "start-up loan with guarantee"),
    "51": ("农户贷款", "farm household loan"),
    "71": ("准贷记卡", "semi-credit card"),
    "81": ("贷记卡", "credit card"),
    "82": ("大额专项分期卡", "large-instalment card"),
    "91": ("其他消费贷款", "other consumption loan"),
    "92": ("融资租赁", "finance lease"),
    "99": ("其他", "other"),
}
FIVE_CLASSES = {
    "1": ("正常", "normal"), "2": ("关注", "special mention"), "3": ("次级", "substandard"), "4": ("可疑", "doubtful"),
    "5": ("损失", "loss"), "6": ("违约", "default"), "9": ("未分类", "not graded"),
}  # fmt: skip
MONTH_STATUSES = {
    "N": ("按时足额还款", "paid in full on time"),
    "*": ("当月不需还款且无拖欠", "nothing due and no arrears"),
    "M": ("约定还款日后月底前还款", "paid after the agreed day, before month end"),
    "1": ("逾期1-30天", "overdue 1-30 days"),
    "2": ("逾期31-60天", "overdue 31-60 days"),
    "3": ("逾期61-90天", "overdue 61-90 days"),
    "4": ("逾期91-120天", "overdue 91-120 days"),
    "5": ("逾期121-150天", "overdue 121-150 days"),
    "6": ("逾期151-180天", "overdue 151-180 days"),
    "7": ("逾期180天以上", "overdue more than 180 days"),
    "#": ("账户已开立但当月状态未知", "open, status this month unknown"),
    "A": ("账单日调整，当月无账单", "bill date changed, no bill this month"),
    "D": ("担保人代还", "paid by the guarantor"),
    "Z": ("以资抵债", "settled with assets"),
    "B": ("呆账", "bad debt"),
    "C": ("结清或正常销户", "settled or closed normally"),
    "G": ("结清外的终止", "ended other than by normal closing"),
}
CURRENCIES = {"CNY": ("人民币", "Chinese yuan"), "USD": ("美元", "US dollar"), "EUR": ("欧元", "euro"),
              "HKD": ("港元", "Hong Kong dollar"), "JPY": ("日元", "Japanese yen"), "XXX": ("未说明", "not stated")}  # fmt: skip
PROHIBITED_NAMES = (
    "religion", "faith", "gene", "dna", "fingerprint", "blood", "illness", "disease", "medical",
    "宗教", "信仰", "基因", "指纹", "血型", "疾病", "病史",
)  # fmt: skip
RESTRICTED_NAMES = (
    "income", "salary", "deposit", "securities", "insurance", "real_estate", "tax",
    "收入", "存款", "有价证券", "保险", "不动产", "纳税",
)  # fmt: skip
