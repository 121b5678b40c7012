"""What is a furnisher told about a finding?  Every rule: severity, law, and five sentences in English and Chinese.
Data table."""

from dataclasses import dataclass

REFUSE, WARN = "refuse", "warn"


@dataclass(frozen=True, slots=True)
class Message:
    """One rule: what is wrong, why it matters, whom it may harm, the innocent explanation, the smallest cure."""

    severity: str
    what: tuple[str, str]
    why: tuple[str, str]
    harm: tuple[str, str]
    innocent: tuple[str, str]
    cure: tuple[str, str]
    law: str | None = None


_FORM_WHY = ("A record that cannot be read says nothing about anyone.", "无法读取的记录不说明任何人的任何情况。")
_FORM_HARM = ("The person's file lacks this record until it is mended.", "在更正之前，该主体的档案缺少这条记录。")
_FORM_INNOCENT = ("An export program wrote it in another form.", "导出程序写成了其他形式。")


def _form(what: tuple[str, str], cure: tuple[str, str]) -> Message:
    return Message(REFUSE, what, _FORM_WHY, _FORM_HARM, _FORM_INNOCENT, cure)


_PLACE_WHY = ("A record is only worth something on the right account.", "记录只有归到正确的账户才有意义。")

RULES: dict[str, Message] = {
    "empty-file": _form(
        ("The file has no record.", "文件中没有记录。"),
        ("Send a file with at least one record.", "请报送至少包含一条记录的文件。"),
    ),
    "wrong-encoding": _form(
        ("The file is not UTF-8.", "文件不是 UTF-8 编码。"),
        ("Save it as UTF-8 and send it again.", "请另存为 UTF-8 编码后重新报送。"),
    ),
    "unknown-format": _form(
        (
            "The file is neither JSON Lines, CSV nor Parquet of openbureau/1.",
            "文件不是 openbureau/1 的 JSON Lines、CSV 或 Parquet。",
        ),
        (
            "See docs/specs/openbureau-1.md; a CSV begins with a line of column names.",
            "请参阅 docs/specs/openbureau-1.md；CSV 首行为列名。",
        ),
    ),
    "unknown-column": _form(
        ("A column is not in the layout.", "存在布局中没有的列。"),
        ("Rename it to the column named here, or leave it out.", "请改为此处给出的列名，或删除该列。"),
    ),
    "missing-column": _form(
        ("A column that every record needs is missing.", "缺少每条记录必需的列。"), ("Add the column.", "请补充该列。")
    ),
    "broken-file": _form(
        ("The file ends early or is damaged.", "文件不完整或已损坏。"),
        ("Make the file again and send it whole.", "请重新生成并完整报送。"),
    ),
    "too-long": _form(
        ("The record is longer than 1 MiB.", "记录超过 1 MiB。"),
        ("Check that records end with a newline.", "请检查记录之间是否有换行。"),
    ),
    "not-utf8": _form(
        ("The record is not UTF-8.", "记录不是 UTF-8 编码。"), ("Save the file as UTF-8.", "请将文件存为 UTF-8 编码。")
    ),
    "not-json": _form(
        ("The record is not a JSON object.", "记录不是 JSON 对象。"),
        ("One object a line, in double quotation marks.", "每行一个对象，使用双引号。"),
    ),
    "unknown-record": _form(
        ("The record's kind is not known.", "记录类型未知。"),
        ("Write record as subject, tradeline or month.", "record 应为 subject、tradeline 或 month。"),
    ),
    "unknown-field": _form(
        ("A field is not in the layout.", "存在布局中没有的字段。"),
        ("Remove the field, or spell it as in the layout.", "请删除该字段，或按布局拼写。"),
    ),
    "missing-field": _form(
        ("A required field is missing or empty.", "缺少必填字段或字段为空。"), ("Fill the field.", "请填写该字段。")
    ),
    "wrong-type": _form(
        ("The value is of the wrong type.", "值的类型不对。"),
        ("Texts in quotation marks; amounts as whole numbers without them.", "文本加引号；金额为不加引号的整数。"),
    ),
    "unknown-code": _form(
        ("The code is not in the table.", "代码不在代码表中。"),
        ("Use a code of the table in the layout.", "请使用布局代码表中的代码。"),
    ),
    "text-too-long": _form(
        ("The text is longer than the layout allows.", "文本超过布局规定的长度。"), ("Shorten it.", "请缩短。")
    ),
    "bad-day": _form(("This is not a day.", "不是有效日期。"), ("Write days as 2026-11-24.", "日期写作 2026-11-24。")),
    "bad-month": _form(("This is not a month.", "不是有效月份。"), ("Write months as 2026-11.", "月份写作 2026-11。")),
    "bad-amount": _form(
        ("The amount is negative, has a fraction or is too large.", "金额为负、带小数或过大。"),
        ("A whole number of the smallest unit, 0 or more.", "以最小货币单位表示的非负整数。"),
    ),
    "wrong-width": _form(
        ("The line has more or fewer values than there are columns.", "该行的值与列数不符。"),
        ("Put values with commas in quotation marks.", "含逗号的值请加引号。"),
    ),
    "prohibited-field": Message(
        REFUSE,
        ("The field holds information that may never be collected.", "该字段属于禁止采集的信息。"),
        (
            "Religion, genes, fingerprints, blood type, illness and medical history are barred by law.",
            "法律禁止采集宗教信仰、基因、指纹、血型、疾病和病史信息。",
        ),
        ("The person could be judged by what has nothing to do with credit.", "主体可能因与信用无关的信息受到评判。"),
        ("A whole customer table was exported.", "导出了整张客户表。"),
        ("Remove the field at the source.", "请在源头删除该字段。"),
        "crr.data.prohibited",
    ),
    "restricted-field": Message(
        REFUSE,
        (
            "The field holds information that needs a warning and written consent.",
            "该字段须事先告知后果并取得书面同意。",
        ),
        (
            "Income, deposits, securities, insurance, real estate and tax may be collected only so.",
            "收入、存款、有价证券、商业保险、不动产和纳税信息只能如此采集。",
        ),
        ("The person never agreed to show it.", "主体从未同意提供。"),
        ("A whole customer table was exported.", "导出了整张客户表。"),
        ("Remove the field.", "请删除该字段。"),
        "crr.data.restricted",
    ),
    "bad-identity-number": Message(
        REFUSE,
        ("The identity number fails its check.", "证件号码校验不通过。"),
        ("One wrong digit makes another person.", "一位之差就是另一个人。"),
        ("A stranger's file would get this record.", "记录会进入陌生人的档案。"),
        ("A typing error, or blanks filled with zeros.", "录入错误，或以零补位。"),
        ("Compare it with the document.", "请与证件核对。"),
        "crr.accuracy",
    ),
    "child": Message(
        REFUSE,
        ("The person is below the age at which data may be handled without a guardian.", "主体未满十四周岁。"),
        (
            "Data of children need a guardian's consent and rules of their own.",
            "处理未成年人信息须监护人同意并制定专门规则。",
        ),
        ("A child would have a credit file.", "儿童会有信用档案。"),
        ("The birth year was mistyped.", "出生年份录入错误。"),
        ("Correct the number, or leave the person out.", "请更正号码，或不报送该主体。"),
        "pipl.minor.age",
    ),
    "birth-day-differs": Message(
        REFUSE,
        ("The day of birth is not the one in the identity number.", "出生日期与证件号码不一致。"),
        ("One of the two is of somebody else.", "两者之一属于他人。"),
        ("Two people may be mixed into one file.", "两个人可能被混入一份档案。"),
        ("The day was converted from another calendar.", "日期由农历等换算而来。"),
        ("Correct the wrong one.", "请更正错误的一项。"),
        "crr.accuracy",
    ),
    "status-not-of-type": _form(
        ("An account of this type has no such status.", "该类型账户没有这种状态。"),
        (
            "The same number means different things for loans and cards; see the table.",
            "同一数字在贷款与卡中含义不同，请查代码表。",
        ),
    ),
    "closed-before-opened": Message(
        REFUSE,
        ("The account was closed before it was opened.", "关闭日期早于开立日期。"),
        ("Age of accounts enters the score.", "账户年限计入评分。"),
        ("The score moves for no reason.", "评分会无故变动。"),
        ("The two days were exchanged.", "两个日期填反。"),
        ("Correct the days.", "请更正日期。"),
        "crr.accuracy",
    ),
    "due-before-opened": Message(
        WARN,
        ("The account is due before it was opened.", "到期日期早于开立日期。"),
        ("The term cannot be reckoned.", "无法计算期限。"),
        ("The debt may look older than it is.", "债务看起来会更久。"),
        ("The due day of an earlier contract.", "填写了旧合同的到期日。"),
        ("Correct the due day.", "请更正到期日期。"),
    ),
    "day-in-future": Message(
        REFUSE,
        ("The day lies in the future.", "日期在未来。"),
        ("Nobody can know it yet.", "尚不可能知晓。"),
        ("A debt may be shown that does not exist.", "可能显示不存在的债务。"),
        ("Test data, or a clock that is ahead.", "测试数据，或时钟过快。"),
        ("Correct the day.", "请更正日期。"),
        "crr.accuracy",
    ),
    "month-in-future": Message(
        REFUSE,
        ("The month lies in the future.", "月份在未来。"),
        ("Nobody can know it yet.", "尚不可能知晓。"),
        ("A delay may be shown that did not happen.", "可能显示没有发生的逾期。"),
        ("The plan of instalments was exported.", "导出了还款计划。"),
        ("Send months up to the present one.", "只报送截至当月的月份。"),
        "crr.accuracy",
    ),
    "no-limit": Message(
        WARN,
        ("The amount or limit is zero.", "金额或额度为零。"),
        ("Use of the limit cannot be reckoned.", "无法计算额度使用率。"),
        ("The person's debt level is unclear.", "主体的负债水平不清楚。"),
        ("A card that was never activated.", "未激活的卡。"),
        ("Send the amount if there is one.", "如有金额请报送。"),
    ),
    "closed-but-open-status": Message(
        WARN,
        ("A closing day with a status that is not closed.", "有关闭日期但状态未关闭。"),
        ("It is unclear whether the debt runs on.", "债务是否存续不清楚。"),
        ("A paid debt may look open.", "已还清的债务看似未结。"),
        ("Status and day come from two systems.", "状态与日期来自两个系统。"),
        ("Send the closed status.", "请报送关闭状态。"),
    ),
    "on-time-but-overdue": Message(
        REFUSE,
        ("On time, and yet an amount overdue.", "状态正常但有逾期金额。"),
        ("One of the two is wrong.", "两者之一有误。"),
        ("A delay is hidden, or invented.", "逾期被隐瞒或虚构。"),
        ("The amount is that of another day.", "金额取自其他日期。"),
        ("Correct status or amount.", "请更正状态或金额。"),
        "crr.accuracy",
    ),
    "late-without-amount": Message(
        REFUSE,
        ("Overdue, and yet nothing overdue.", "状态逾期但逾期金额为零。"),
        ("One of the two is wrong.", "两者之一有误。"),
        ("The person is marked late without owing.", "主体未欠款却被标为逾期。"),
        ("It was paid between two runs.", "在两次跑批之间已还款。"),
        ("Correct status or amount.", "请更正状态或金额。"),
        "crr.accuracy",
    ),
    "settled-with-balance": Message(
        REFUSE,
        ("Settled, and yet a balance.", "已结清但仍有余额。"),
        ("One of the two is wrong.", "两者之一有误。"),
        ("A paid debt is shown as owed.", "已还清的债务显示为未还。"),
        ("Interest was booked after closing.", "关闭后计入利息。"),
        ("Correct status or balance.", "请更正状态或余额。"),
        "crr.accuracy",
    ),
    "adverse-without-notice": Message(
        REFUSE,
        ("Adverse, and no day on which the person was told.", "不良信息没有事先告知日期。"),
        ("The furnisher tells the person before furnishing adverse information.", "提供不良信息应当事先告知本人。"),
        ("The person could not object in time.", "主体来不及提出异议。"),
        ("The day of the notice was not exported.", "未导出告知日期。"),
        ("Tell the person, then send the record with the day.", "先告知本人，再连同日期报送。"),
        "crr.negative.prior_notice",
    ),
    "notice-not-before": Message(
        REFUSE,
        ("The person was told later than the law and our rule ask.", "告知时间晚于规定。"),
        ("The notice comes before the furnishing.", "告知应当在报送之前。"),
        ("The person could not object in time.", "主体来不及提出异议。"),
        ("The day of printing was exported.", "导出了打印日期。"),
        ("Wait for the lead time, then send again.", "满足提前期后再报送。"),
        "house.adverse_notice_lead_days",
    ),
    "unknown-account": Message(
        REFUSE,
        ("No account with this key is held from this furnisher.", "未持有该机构的此账户。"),
        _PLACE_WHY,
        ("The person's history has a gap.", "主体的历史有缺口。"),
        ("The month came before its tradeline.", "月度记录先于账户到达。"),
        ("Send the tradeline first.", "请先报送账户。"),
    ),
    "unknown-subject-ref": Message(
        REFUSE,
        ("No subject with this key is held from this furnisher.", "未持有该机构的此主体。"),
        _PLACE_WHY,
        ("The account belongs to nobody.", "账户无所归属。"),
        ("The tradeline came before its subject.", "账户先于主体到达。"),
        ("Send the subject first.", "请先报送主体。"),
    ),
    "subject-mismatch": Message(
        REFUSE,
        ("This key belonged to another identity number.", "该标识此前对应另一证件号码。"),
        ("A key that changes hands mixes two people.", "标识易主会混淆两个人。"),
        ("A stranger's debts enter the file.", "陌生人的债务进入档案。"),
        ("Keys were given anew after a migration.", "系统迁移后重新编号。"),
        ("Use a new key for the new subject.", "请为新主体使用新标识。"),
        "crr.accuracy",
    ),
    "id-name-conflict": Message(
        WARN,
        (
            "The identity number is held under another name; the record is held apart.",
            "该证件号码对应另一姓名，该记录已单独保存。",
        ),
        ("Two names for one number may be two people.", "一个号码两个姓名可能是两个人。"),
        ("Two people may be mixed into one file.", "两个人可能被混入一份档案。"),
        ("The person changed their name.", "主体更名。"),
        ("Compare with the document; a reviewer decides whose it is.", "请与证件核对；归属由复核员裁定。"),
        "crr.accuracy",
    ),
    "id-name-near": Message(
        WARN,
        (
            "The name differs slightly from the one held under this number; something else agrees.",
            "姓名与该号码所存姓名略有出入，但其他信息一致。",
        ),
        ("A slip in a name makes the next search fail.", "姓名有误会使下一次查找失败。"),
        ("The person is asked twice who they are.", "本人可能被反复要求核实身份。"),
        ("A pinyin spelling, or a character of the same sound or shape.", "使用了拼音写法，或同音、形近字。"),
        ("Write the name as on the document.", "请按证件书写姓名。"),
        "crr.accuracy",
    ),
    "account-of-another": Message(
        REFUSE,
        ("This account was furnished for another subject.", "该账户此前属于另一主体。"),
        _PLACE_WHY,
        ("A stranger's debt enters the file.", "陌生人的债务进入档案。"),
        ("Account keys are used again.", "账户号被重复使用。"),
        ("Use a new key for the new account.", "请为新账户使用新账户号。"),
        "crr.accuracy",
    ),
}
