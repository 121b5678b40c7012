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
GUARANTEE_KINDS = {"1": ("保证", "surety"), "2": ("抵押", "mortgage"), "3": ("质押", "pledge"), "9": ("其他", "other")}
GUARANTEE_STATUSES = {
    "1": ("在保", "in force"), "2": ("已代偿", "called and paid"), "3": ("已解除", "released"),
    "4": ("被追偿未履行", "called and not paid"),
}  # fmt: skip
ADVERSE_GUARANTEES = frozenset("4")
"""Guarantee statuses that are adverse: a breach of the guarantee (Art. 44 (3))."""
SERVICES = {
    "payment": ("支付", "payment"), "pay-later": ("先享后付", "buy now, pay later"), "utility": ("生活缴费", "household bills"),
    "deposit-free": ("免押租借", "rental without deposit"), "shop": ("网络购物", "online shop"), "travel": ("出行", "travel"),
    "telecom": ("通信", "telephone"), "other": ("其他", "other"),
}  # fmt: skip
DAY_BANDS = {
    "0": ("无", "none"),
    "1-5": ("1-5天", "1-5 days"),
    "6-15": ("6-15天", "6-15 days"),
    "16+": ("16天及以上", "16 days or more"),
}
AMOUNT_BANDS = {
    "0": ("无", "none"), "1": ("500元以下", "below 500 yuan"), "2": ("500-2000元", "500 to 2,000 yuan"),
    "3": ("2000-10000元", "2,000 to 10,000 yuan"), "4": ("10000元以上", "above 10,000 yuan"),
}  # fmt: skip
TRADER_KINDS = {"enterprise": ("企业", "firm"), "sole-trader": ("个体工商户或个人经营者", "sole trader")}
INSTITUTION_KINDS = {
    "11": ("商业银行", "commercial bank"), "12": ("村镇银行", "village bank"), "14": ("住房储蓄银行", "housing savings bank"),
    "15": ("外资银行", "foreign bank"), "16": ("财务公司", "finance company"), "21": ("信托公司", "trust"),
    "22": ("融资租赁公司", "leasing"), "23": ("汽车金融公司", "car finance"), "24": ("消费金融公司", "consumer finance"),
    "25": ("贷款公司", "loan company"), "26": ("资产管理公司", "asset manager"), "31": ("证券公司", "securities"),
    "41": ("保险公司", "insurance"), "51": ("小额贷款公司", "micro-loan company"), "52": ("公积金中心", "housing fund"),
    "53": ("融资担保公司", "guarantee company"), "54": ("商业保理公司", "factoring"), "99": ("其他", "other"),
}  # fmt: skip
INQUIRY_REASONS = {
    "01": ("贷后管理", "after lending"), "02": ("贷款审批", "loan approval"), "03": ("信用卡审批", "card approval"),
    "08": ("担保资格审查", "check of a guarantor"), "09": ("司法调查", "judicial"), "16": ("公积金提取复核", "housing-fund withdrawal"),
    "18": ("股指期货开户", "futures account"), "19": ("特约商户实名审查", "merchant identity"), "20": ("保前审查", "before a guarantee"),
    "21": ("保后管理", "after a guarantee"), "22": ("法人代表等资信审查", "officers of a firm"), "23": ("客户准入", "client admission"),
    "24": ("融资审批", "finance approval"), "25": ("资信审查", "credit review"), "26": ("额度审批", "limit approval"),
    "99": ("其他", "other"),
}  # fmt: skip
PUBLIC_KINDS = {
    "judgment": ("民事判决", "civil judgment"), "enforcement": ("强制执行", "enforcement"),
    "dishonest-debtor": ("失信被执行人", "list of dishonest debtors"), "penalty": ("行政处罚", "administrative penalty"),
    "tax-arrears": ("欠税", "tax arrears"), "bankruptcy": ("破产", "bankruptcy"), "licence": ("职业资格", "licence"),
    "award": ("行政奖励", "award"),
}  # fmt: skip
ADVERSE_PUBLIC = frozenset({"judgment", "enforcement", "dishonest-debtor", "penalty", "tax-arrears", "bankruptcy"})
"""Public records that are adverse (Art. 44 (3))."""
PUBLIC_STATUSES = {"1": ("有效", "in effect"), "2": ("已履行", "fulfilled"), "3": ("已撤销", "revoked")}
TARGETS = {
    "subject": ("信息主体", "subject"), "tradeline": ("信贷账户", "tradeline"), "month": ("月度表现", "month"),
    "share": ("出资比例", "share"), "party": ("关系人", "party"), "guarantee": ("担保", "guarantee"),
    "platform-use": ("平台使用", "platform use"), "business": ("经营活动", "business"),
    "outside-inquiry": ("外部查询", "inquiry by others"), "public-record": ("公共信息", "public record"),
}  # fmt: skip
CORRECTION_REASONS = {
    "typing": ("录入错误", "typing error"), "system": ("系统错误", "fault of a system"), "wrong-person": ("张冠李戴", "wrong person"),
    "paid": ("还款未入账", "payment not booked"), "fraud": ("冒名", "stolen identity"), "dispute": ("异议成立", "dispute upheld"),
    "court": ("法院裁判", "court order"), "relief": ("救助政策", "relief policy"), "expired": ("超过保存期限", "term is over"),
    "other": ("其他", "other"),
}  # fmt: skip
DELETION_FIELD = "deletion"
"""The field of a correction that lifts a deletion: from `deleted` to nothing."""
DISPUTE_ANSWERS = {
    "corrected": ("已更正", "corrected"), "deleted": ("已删除", "deleted"), "stands": ("维持原记录", "stands as it is"),
    "not-ours": ("非本机构报送", "not furnished by us"),
}  # fmt: skip
