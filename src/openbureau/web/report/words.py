"""What are the fields, outcomes and units of an answer called?  Data table: Chinese, English."""

Both = tuple[str, str]

PRODUCTS: dict[str, Both] = {
    "own-report": ("本人信用报告", "My credit report"),
    "report": ("信用报告", "Credit report"), "score": ("信用评分", "Credit score"),
    "attributes": ("信用指标", "Credit attributes"), "question": ("问题答复", "Answers to questions"),
    "changes": ("上次查看以来的变动", "Changes since the last look"), "alert": ("提示", "Alert"),
}  # fmt: skip
SANDBOX: Both = ("沙盒：虚构人物，非真实数据", "SANDBOX: made-up people, not real data")
OUTCOMES: dict[str, Both] = {
    "report": ("有记录", "On file"), "no-hit": ("无记录", "Nothing on file"), "thin": ("记录较少", "Thin file"),
    "disputed": ("有异议", "Disputed"), "answered": ("已提供", "Answered"), "refused": ("已拒绝", "Refused"),
}  # fmt: skip
ANSWERS: dict[str, Both] = {"yes": ("是", "Yes"), "no": ("否", "No"), "unknown": ("未知", "Unknown")}
SPECIALS: dict[str, Both] = {
    "no-record": ("无此类记录", "nothing of this kind on file"), "too-new": ("时间太短", "too new to tell"),
    "never-late": ("从未逾期", "never late"),
}  # fmt: skip
UNITS: dict[str, Both] = {
    "months": ("个月", "months"), "accounts": ("个账户", "accounts"), "lenders": ("家机构", "lenders"),
    "inquiries": ("次查询", "inquiries"), "CNY": ("元", "yuan"), "per mille": ("‰", "‰"),
    "bands of 30 days": ("档（每档30天）", "(bands of 30 days)"),
}  # fmt: skip
NO_ROW: Both = ("当月没有记录，或已超过展示期限", "no record for this month, or past its time")
LABELS: dict[str, Both] = {
    "report_id": ("报告编号", "Number"), "made_at": ("生成时间", "Made"), "known_as_of": ("信息截至", "Known as of"),
    "asked_by": ("查询方", "Asked by"), "outcome": ("结果", "Outcome"), "you": ("本人", "yourself"),
    "identity": ("身份", "Identity"), "name": ("姓名或名称", "Name"), "id_kind": ("证件类型", "Document"),
    "id_number": ("证件号码", "Number of the document"), "kind": ("类别", "Kind"),
    "score": ("评分", "Score"), "value": ("分数", "Number"),
    "scorecard": ("评分表", "Points table"), "band": ("档位", "Band"),
    "scale": ("分值范围", "Scale"), "sum": ("加总", "Sum"),
    "family": ("方面", "Area"), "reason": ("扣分原因", "Why it is not higher"),
    "not-enough-data": ("数据不足，不评分；不会因此给低分。", "Not enough data for a score; it never gives a low one."),
    "attributes": ("指标", "Attributes"), "attribute": ("指标", "Attribute"), "figure": ("数值", "Figure"),
    "points": ("得分", "Points"), "reference": ("参照", "Reference"), "none-late": ("无逾期", "no delay"),
    "answers": ("答复", "Answers"), "question": ("问题", "Question"), "answer": ("答复", "Answer"),
    "changes": ("变动", "Changes"),
    "no-earlier-look": ("此前没有查看过，不收费。", "There was no earlier look. Free of charge."),
    "block": ("内容", "Block"), "new": ("新增", "New"), "gone": ("移除", "Gone"), "changed": ("变化", "Changed"),
    "before": ("此前", "Before"), "after": ("现在", "After"), "month": ("月份", "Month"),
    "summary": ("信贷信息概要", "Credit summary"),
    "account_type": ("账户类型", "Type of account"), "accounts": ("信贷账户", "Accounts"),
    "open": ("未结清", "Open"), "limit_fen": ("额度或金额", "Limit or amount"), "balance_fen": ("余额", "Balance"),
    "overdue_fen": ("当前逾期", "Past due"), "overdue-by-type": ("逾期概要", "Delays"), "months": ("月数", "Months"),
    "highest_fen": ("单月最高", "Highest in a month"),
    "longest_run": ("最长连续", "Longest run"), "bad": ("呆账与追偿", "Bad debts"),
    "recovered": ("被追偿", "Recovered debts"), "bad_debts": ("呆账", "Bad debts"), "duty": ("相关还款责任", "Linked duties"),
    "duties": ("笔数", "Duties"), "guarantee": ("对外担保", "guarantee"), "amount_fen": ("金额", "Amount"),
    "nothing": ("没有信贷账户记录。", "No account is held."), "public_summary": ("公共信息概要", "Public records in short"),
    "records": ("条数", "Records"),
    "inquiry_summary": ("查询记录概要", "Inquiries in short"), "last": ("最近一次", "The last"),
    "asked-month": ("近一月申请查询（次数/机构）", "Applications in the last month (inquiries / lenders)"),
    "asked-years": ("近两年申请查询（次数/机构）", "Applications in two years (inquiries / lenders)"),
    "post-loan": ("近两年贷后管理查询", "Looks at running loans in two years"), "refused": ("被拒绝的查询", "Refused"),
    "status": ("状态", "Status"), "opened_on": ("开立", "Opened"), "closed_on": ("关闭", "Closed"), "due_on": ("到期", "Due"),
    "five_class": ("五级分类", "Five-class grade"),
    "role": ("角色", "Part"), "due-paid": ("最近月应还/实还", "Newest month, due / paid"),
    "shares": ("出资比例", "Funded by"), "as_of_on": ("信息日期", "As of"), "furnisher": ("机构", "Institution"),
    "ends_on": ("到期", "Ends"),
    "linked_duties": ("对外担保", "Guarantees given"), "public_records": ("公共信息", "Public records"),
    "decided_on": ("作出日期", "Decided"), "ended_on": ("终止", "Ended"), "statements": ("本人声明", "Statements"),
    "day": ("日期", "Day"), "words": ("内容", "Words"), "inquiries": ("查询记录", "Inquiries"), "by": ("机构", "Institution"),
    "purpose": ("原因", "Purpose"), "nobody": ("没有查询记录。", "Nobody has asked."),
    "inquiries_elsewhere": ("其他机构报送的查询", "Inquiries made elsewhere"), "history": ("逐月还款", "Repayment by month"),
    "platform_use": ("平台服务使用情况", "Use of platforms"), "service": ("服务", "Service"),
    "active_band": ("使用天数", "Days with use"), "spend_band": ("支付金额", "Amount paid"),
    "bills": ("到期账单", "Bills due"), "bills_late": ("逾期账单", "Late bills"),
    "business": ("经营活动", "Business activity"), "turnover_fen": ("营业额", "Turnover"), "refund_fen": ("退款", "Refunds"),
    "orders": ("订单", "Orders"), "customers": ("付款客户", "Customers"), "active_days": ("收款天数", "Days paid"),
    "largest_bp": ("最大客户占比", "Largest"), "penalties": ("平台处罚", "Penalties"),
    "consent_given_on": ("同意日期", "You agreed"), "notice_on": ("告知后果日期", "You were warned of the effects"),
    "adverse_notified_on": ("不良信息告知日期", "You were told of what is adverse"),
    "yours": ("仅本人可见，不提供给任何机构，也不参与评分。“–”表示未报送，或已超过保存期限。",
              "Only you see this: no institution gets it and no score uses it. A stroke: not furnished, or past its time."),
    "legend": ("符号说明", "What the marks mean"), "glossary": ("术语", "Words"),
    "notice": ("声明", "Notice"), "year": ("年", "Year"),
    "page": ("页", "Page"), "again": ("重取此前的答复", "An earlier answer again"),
}  # fmt: skip
GLOSSARY: tuple[tuple[Both, Both], ...] = (
    (("两个字母", "Two letters"), ("其他机构以两个字母代替，仅在本报告内有效，同一机构前后一致。",
     "Stand for another institution: the same within this report, without meaning beyond it.")),
    (("逾期", "Past due"), ("到约定日期未还清的金额。", "What was not paid by the agreed day.")),
    (("五级分类", "Five-class grade"), ("机构对贷款质量的评定：正常、关注、次级、可疑、损失。",
     "How the institution grades a loan: normal, special mention, substandard, doubtful, loss.")),
    (("信息截至", "Known as of"),
     ("报告所依据的信息为该时刻已知的内容；是否可展示按生成之日的规定。",
     "The moment as known at which the file is shown; what may be shown is decided by the law of the day it was made.")),
    (("不良信息保存期限", "How long adverse information stays"),
     ("自不良行为或者事件终止之日起五年，此后不再展示（《征信业管理条例》第16条）。",
     "Five years from the end of the conduct or event; then it is not shown (Regulation, Art. 16).")),
    (("异议", "Dispute"), ("认为信息有错误、遗漏的，本人有权提出异议（《征信业管理条例》第25条）。",
     "Whoever finds an error or omission may dispute it (Regulation, Art. 25).")),
)  # fmt: skip
