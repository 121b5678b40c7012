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


def _metro(severity: str, texts: tuple[tuple[str, str], ...], law: str | None = None) -> Message:
    what, why, harm, innocent, cure = texts
    return Message(severity, what, why, harm, innocent, cure, law)


_STATE = ("The status decides how the person is judged.", "账户状态决定对主体的评价。")
_CLOCK = ("This day starts the clock after which adverse information must go.", "该日期是不良信息保存期限的起点。")
_ORDER = ("Days out of order cannot all be true.", "先后颠倒的日期不可能全部属实。")
_LATER = ("A lender may see a debt or a delay that is not there.", "授信机构可能看到并不存在的债务或逾期。")
_LONGER = ("The person may carry it longer than the law lets them.", "主体可能超过法定期限仍背负该信息。")
_UNLIKE = ("The account may look riskier or safer than it is.", "账户看起来可能比实际更有风险或更安全。")
_SYSTEM = ("Two systems were updated on different days.", "两个系统在不同日期更新。")
_FILLER = ("A default value was left in the field.", "字段中留有默认值。")
_NOBODY = ("Nobody, as long as the furnisher knows.", "只要机构知情，不影响任何人。")

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
    "envelope-not-ours": _form(
        ("The file is encrypted, and not to this agency's key.", "文件已加密，但不是用本机构的公钥加密的。"),
        (
            "Encrypt it to the key that `openbureau keys age` and the furnisher's page show, or send it as it is.",
            "请使用 `openbureau keys age` 或报送页面显示的公钥重新加密，或直接报送未加密文件。",
        ),
    ),
    "envelope-broken": _form(
        ("The encrypted file ends early or was changed on its way.", "加密文件不完整，或在传输中被改动。"),
        ("Encrypt the file again and send it again.", "请重新加密后再次报送。"),
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
        (
            "Write record as one of the kinds of docs/specs/openbureau-1.md.",
            "record 应为 docs/specs/openbureau-1.md 所列种类之一。",
        ),
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
    "bad-count": _form(
        (
            "The count is negative, has a fraction or is larger than the layout allows.",
            "数量为负、带小数或超过布局上限。",
        ),
        ("A whole number within the layout's bounds.", "填写布局范围内的非负整数。"),
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
        ("The identity number is held under another name.", "该证件号码对应另一姓名。"),
        ("Two names for one number may be two people.", "一个号码两个姓名可能是两个人。"),
        ("Two people may be mixed into one file.", "两个人可能被混入一份档案。"),
        ("The person changed their name.", "主体更名。"),
        ("Compare with the document.", "请与证件核对。"),
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
    "not-taken-yet": Message(
        REFUSE,
        ("Records of this kind are read and checked but not applied yet.", "该类记录已读取并校验，但尚不入库。"),
        ("Silence would look as if it had been done.", "不作说明会被误认为已生效。"),
        ("What should be mended still stands in the person's file.", "应更正的内容仍在主体的档案中。"),
        ("The format is ahead of the software.", "格式先于软件。"),
        (
            "Send the record itself again with the right values, and keep this one for later.",
            "请先以正确的值重新报送原记录，并保留本条待日后报送。",
        ),
    ),
    "m2-not-metro2": _form(
        ("The file does not begin like Metro 2.", "文件开头不是 Metro 2 格式。"),
        ("Begin with a header record; see docs/specs/metro2.md.", "请以文件头记录开始，参阅 docs/specs/metro2.md。"),
    ),
    "m2-no-record": _form(
        ("Here stands no Metro 2 record.", "此处不是 Metro 2 记录。"),
        ("Check the record descriptor and the bytes before it.", "请检查记录长度字及其前的内容。"),
    ),
    "m2-too-short": _form(
        ("The record ends before its segment does.", "记录在该段结束之前中断。"),
        ("Fill segments to their full length.", "请将各段补足至规定长度。"),
    ),
    "m2-unknown-segment": _form(
        (
            "Behind the base segment stands no known segment, or one that is cut off.",
            "基本段之后不是已知段，或该段不完整。",
        ),
        (
            "Append J1, J2, K1-K4, L1 and N1 only, each at its full length.",
            "仅可附加 J1、J2、K1-K4、L1、N1，且长度完整。",
        ),
    ),
    "m2-bad-number": _form(
        ("Digits should stand here.", "此处应为数字。"), ("Fill with digits, noughts in front.", "请填数字，前补零。")
    ),
    "m2-bad-date": _form(
        ("This is no day of the calendar.", "不是有效日期。"),
        ("Write MMDDYYYY; noughts where there is none.", "写作月日年（MMDDYYYY）；无日期则填零。"),
    ),
    "m2-bad-text": _form(
        ("Characters that cannot be printed stand here.", "此处有不可打印字符。"),
        ("Use plain letters, digits and blanks.", "请使用普通字母、数字和空格。"),
    ),
    "m2-unknown-code": _form(
        ("The code is not in the table.", "代码不在代码表中。"),
        ("Use a code of docs/specs/metro2.md.", "请使用 docs/specs/metro2.md 所列代码。"),
    ),
    "m2-no-account": _form(
        ("The account has no number.", "账户没有账户号。"), ("Fill the account number.", "请填写账户号。")
    ),
    "m2-block-differs": _metro(
        WARN,
        (
            ("The block descriptor does not fit the record.", "数据块长度与记录不符。"),
            ("Lengths tell where a record ends.", "长度字说明记录何处结束。"),
            (
                "A wrong length can tie one person's segment to another's account.",
                "长度错误可能使一人的段并入他人账户。",
            ),
            ("Another program added or removed descriptors.", "其他程序增删了长度字。"),
            (
                "Write the record's length plus 4, or no block descriptors at all.",
                "填写记录长度加 4，或一律不用数据块长度字。",
            ),
        ),
    ),
    "m2-length-differs": _metro(
        WARN,
        (
            ("The record descriptor does not tell the record's length.", "记录长度字与实际长度不符。"),
            ("Lengths tell where a record ends.", "长度字说明记录何处结束。"),
            (
                "A wrong length can tie one person's segment to another's account.",
                "长度错误可能使一人的段并入他人账户。",
            ),
            ("End blanks were cut, or the descriptor was copied.", "行尾空格被截去，或长度字系复制而来。"),
            ("Write the length of the base segment and its appended segments.", "填写基本段与附段的总长度。"),
        ),
    ),
    "m2-segment-order": _metro(
        WARN,
        (
            (
                "Segments stand in another order, or one that comes once comes twice.",
                "段的次序不符，或只应出现一次的段重复出现。",
            ),
            ("Other programs stop reading here.", "其他程序可能在此停止读取。"),
            ("A person's segment may be lost on the way to others.", "主体的段在传递中可能丢失。"),
            ("An export program sorts them otherwise.", "导出程序的排序不同。"),
            ("Order: J1, J2, K1-K4, L1, N1; L1 once.", "次序：J1、J2、K1-K4、L1、N1；L1 仅一次。"),
        ),
    ),
    "m2-blank-number": _metro(
        WARN,
        (
            ("Blanks stand where digits belong; read as nought.", "应为数字处为空格，按零读取。"),
            ("A blank and a nought are not the same.", "空格与零含义不同。"),
            ("An amount that is not known looks like none.", "未知金额看似为零。"),
            ("The program writes blanks for nought.", "程序以空格表示零。"),
            ("Fill with noughts.", "请以零填充。"),
        ),
    ),
    "m2-odd-code": _metro(
        WARN,
        (
            ("We do not know this code; it is kept but not acted on.", "该代码未知：予以保存，但不据以处理。"),
            ("What is not understood cannot be told.", "无法理解的内容无法展示。"),
            _UNLIKE,
            ("The code table has grown.", "代码表已扩充。"),
            (
                "Compare with docs/specs/metro2.md, and tell us of new codes.",
                "请与 docs/specs/metro2.md 核对，新代码请告知我们。",
            ),
        ),
    ),
    "m2-segment-odd": _metro(
        WARN,
        (
            (
                "An appended segment holds something that cannot be read; the segment is kept, not used.",
                "附段含有无法读取的内容：予以保存，但不使用。",
            ),
            _FORM_WHY,
            ("Nobody: the account itself is taken.", "不影响任何人：账户本身已接收。"),
            _FILLER,
            ("Fill the segment as in docs/specs/metro2.md.", "请按 docs/specs/metro2.md 填写该段。"),
        ),
    ),
    "m2-header-missing": _metro(
        WARN,
        (
            ("The file has no header.", "文件没有文件头。"),
            ("The header tells who sends, and for which days.", "文件头说明报送机构与所涉日期。"),
            _NOBODY,
            ("Files were cut or joined.", "文件被拆分或合并。"),
            ("Put one header in front.", "请在文件最前加上文件头。"),
        ),
    ),
    "m2-header-odd": _metro(
        WARN,
        (
            ("A value of the header cannot be read.", "文件头中有无法读取的值。"),
            ("The header tells who sends, and for which days.", "文件头说明报送机构与所涉日期。"),
            _NOBODY,
            _FILLER,
            ("Fill the header as in docs/specs/metro2.md.", "请按 docs/specs/metro2.md 填写文件头。"),
        ),
    ),
    "m2-trailer-missing": _metro(
        WARN,
        (
            ("The file ends without a trailer.", "文件没有文件尾。"),
            ("Without its counts nobody can tell whether the file is whole.", "没有数量统计就无法判断文件是否完整。"),
            ("Records at the end may have been lost.", "末尾的记录可能已丢失。"),
            ("The transfer broke off.", "传输中断。"),
            (
                "Send the whole file again; what is already held does not change.",
                "请重新报送完整文件，已有内容不会变化。",
            ),
        ),
    ),
    "m2-trailer-count": _metro(
        WARN,
        (
            ("The trailer counts otherwise than the file.", "文件尾的统计与文件不符。"),
            ("One of the two is wrong: records are lost, or the counter is.", "二者必有一误：记录丢失，或统计有误。"),
            ("A person's record may be missing without anyone noticing.", "主体的记录可能缺失而无人察觉。"),
            ("Records were left out after counting.", "统计之后又剔除了记录。"),
            ("Count again, or send the missing records.", "请重新统计，或补报缺失记录。"),
        ),
    ),
    "m2-after-trailer": _metro(
        WARN,
        (
            ("Records follow the trailer.", "文件尾之后仍有记录。"),
            ("They are in nobody's count.", "它们不在任何统计之内。"),
            _NOBODY,
            ("Two files were joined.", "两个文件被合并。"),
            ("Put a header before them and a trailer behind.", "请在其前加文件头、其后加文件尾。"),
        ),
    ),
    "m2-line-type": _metro(
        WARN,
        (
            ("A line of credit has another type of account.", "授信额度（C）使用了其他账户类型。"),
            ("Only types 15, 43, 47, 89, 7A and 9B are lines of credit.", "只有 15、43、47、89、7A、9B 属于授信额度。"),
            _UNLIKE,
            ("The portfolio was set for the whole branch.", "组合类型按整个分支统一设置。"),
            ("Correct the type of account or of portfolio.", "请更正账户类型或组合类型。"),
        ),
    ),
    "m2-portfolio-type": _metro(
        WARN,
        (
            ("This type of account is not usual in this portfolio.", "该账户类型通常不属于此组合类型。"),
            ("Lenders judge a card and a loan by different measures.", "授信机构对卡与贷款的评判标准不同。"),
            _UNLIKE,
            ("The product is of a rare kind.", "该产品较为少见。"),
            ("Check both codes.", "请核对两项代码。"),
        ),
    ),
    "m2-rating-missing": _metro(
        REFUSE,
        (
            ("This status needs a payment rating.", "该状态须附还款评级。"),
            ("The status alone does not say whether payments were missed.", "仅凭状态无法得知是否逾期。"),
            _LATER,
            ("The rating came with a later version of the program.", "程序的后续版本才支持评级。"),
            ("Fill 0-6, G or L.", "请填 0-6、G 或 L。"),
        ),
        "crr.accuracy",
    ),
    "m2-rating-not-wanted": _metro(
        WARN,
        (
            ("This status comes without a payment rating.", "该状态不附还款评级。"),
            ("Two fields say the same, and may differ.", "两个字段表述同一内容，可能不一致。"),
            _LATER,
            _FILLER,
            ("Leave the rating blank.", "评级请留空。"),
        ),
    ),
    "m2-paid-with-balance": _metro(
        REFUSE,
        (
            ("Paid in full, yet something is owed.", "已结清却仍有余额。"),
            _STATE,
            ("A debt that was paid still shows.", "已偿还的债务仍然显示。"),
            _SYSTEM,
            ("Set the balance to nought, or correct the status.", "请将余额置零，或更正状态。"),
        ),
        "crr.accuracy",
    ),
    "m2-transferred-with-balance": _metro(
        WARN,
        (
            ("Transferred, yet something is owed here.", "已转让却在此仍有余额。"),
            ("The same debt would be counted twice.", "同一债务会被重复计算。"),
            ("The person seems to owe twice.", "主体看似欠款两份。"),
            _SYSTEM,
            ("Set the balance to nought.", "请将余额置零。"),
        ),
        "crr.accuracy",
    ),
    "m2-current-past-due": _metro(
        REFUSE,
        (
            ("Current or paid, yet something is overdue.", "状态正常或已结清，却有逾期金额。"),
            _STATE,
            _LATER,
            ("Less than 30 days late counts as current.", "逾期不足30天仍属正常。"),
            ("Set the amount past due to nought, or correct the status.", "请将逾期金额置零，或更正状态。"),
        ),
        "crr.accuracy",
    ),
    "m2-late-without-amount": _metro(
        REFUSE,
        (
            ("Past due, yet nothing is overdue.", "状态为逾期，却无逾期金额。"),
            _STATE,
            _LATER,
            ("The payment came on the last day.", "还款于最后一日到账。"),
            ("Fill the amount past due, or correct the status.", "请填写逾期金额，或更正状态。"),
        ),
        "crr.accuracy",
    ),
    "m2-past-due-above-balance": _metro(
        WARN,
        (
            ("More is overdue than is owed.", "逾期金额大于余额。"),
            ("What is overdue is part of the balance.", "逾期金额是余额的一部分。"),
            _LATER,
            ("Fees are counted in one field only.", "费用只计入其中一个字段。"),
            ("Check both amounts.", "请核对两项金额。"),
        ),
    ),
    "m2-charge-off-amount-missing": _metro(
        WARN,
        (
            ("A charge-off without its amount.", "核销未填金额。"),
            ("The loss cannot be weighed.", "无法衡量损失。"),
            _UNLIKE,
            _SYSTEM,
            ("Fill the original charge-off amount.", "请填写原核销金额。"),
        ),
    ),
    "m2-charge-off-unexplained": _metro(
        WARN,
        (
            ("An amount charged off, and no charge-off.", "有核销金额，却非核销状态。"),
            _STATE,
            ("The person seems to have caused a loss.", "主体看似曾造成损失。"),
            _FILLER,
            ("Set the amount to nought, or correct the status.", "请将金额置零，或更正状态。"),
        ),
        "crr.accuracy",
    ),
    "m2-day-missing": _metro(
        REFUSE,
        (
            ("A day that every record needs is missing.", "缺少每条记录必需的日期。"),
            ("Without it nobody can tell when this held.", "没有该日期，无法得知何时如此。"),
            _LONGER,
            _FILLER,
            ("Fill the day.", "请填写日期。"),
        ),
    ),
    "m2-opened-after-as-of": _metro(
        REFUSE,
        (
            ("The account was opened after the day it is reported for.", "开立日期晚于信息日期。"),
            _ORDER,
            _UNLIKE,
            ("Accounts were moved to a new system.", "账户迁移至新系统。"),
            ("Report the original day opened.", "请报送原始开立日期。"),
        ),
    ),
    "m2-as-of-ahead": _metro(
        REFUSE,
        (
            ("The record speaks of a day that has not come.", "信息日期尚未到来。"),
            _ORDER,
            ("The person is judged by what has not happened.", "主体因尚未发生之事受评价。"),
            ("The cycle's end was written in advance.", "提前写入了周期末日期。"),
            ("Report the day on which it held.", "请报送实际信息日期。"),
        ),
    ),
    "m2-closed-before-opened": _metro(
        REFUSE,
        (
            ("The account was closed before it was opened.", "关闭日期早于开立日期。"),
            _ORDER,
            _UNLIKE,
            ("Day and month changed places.", "日与月颠倒。"),
            ("Check both days.", "请核对两个日期。"),
        ),
    ),
    "m2-closed-after-as-of": _metro(
        WARN,
        (
            ("The account was closed after the day it is reported for.", "关闭日期晚于信息日期。"),
            _ORDER,
            _UNLIKE,
            _SYSTEM,
            ("Check both days.", "请核对两个日期。"),
        ),
    ),
    "m2-closed-date-missing": _metro(
        WARN,
        (
            ("Paid or closed, and no day closed.", "已结清或关闭，却无关闭日期。"),
            ("Terms of storage run from the end of the account.", "保存期限自账户终止起算。"),
            _LONGER,
            _SYSTEM,
            ("Fill the day closed.", "请填写关闭日期。"),
        ),
    ),
    "m2-closed-but-current": _metro(
        WARN,
        (
            ("Closed, nothing owed, and reported as current.", "已关闭且无余额，却报为正常。"),
            _STATE,
            ("The person seems to hold credit that is gone.", "主体看似仍持有已终止的授信。"),
            ("The status is changed with the next cycle.", "状态将于下一周期更新。"),
            ("Report status 13.", "请报送状态 13。"),
        ),
    ),
    "m2-delinquency-date-missing": _metro(
        REFUSE,
        (
            ("A delinquency without its first day.", "逾期未填首次逾期日期。"),
            _CLOCK,
            _LONGER,
            ("Older systems do not keep that day.", "旧系统未保存该日期。"),
            ("Fill the first day of the delinquency that led to this status.", "请填写导致该状态的首次逾期日期。"),
        ),
        "crr.accuracy",
    ),
    "m2-delinquency-without-cause": _metro(
        WARN,
        (
            ("A first day of delinquency, and no delinquency.", "有首次逾期日期，却无逾期。"),
            _CLOCK,
            _LATER,
            ("The person has caught up and the day was left.", "主体已补足欠款而日期未清除。"),
            ("Fill with noughts once the account is current.", "账户恢复正常后请填零。"),
        ),
    ),
    "m2-delinquency-after-as-of": _metro(
        REFUSE,
        (
            ("The delinquency begins after the day it is reported for.", "首次逾期日期晚于信息日期。"),
            _CLOCK,
            _LONGER,
            ("The day of the status was written instead.", "误填为状态日期。"),
            ("Fill the first day of the delinquency.", "请填写首次逾期日期。"),
        ),
        "crr.accuracy",
    ),
    "m2-delinquency-before-opened": _metro(
        WARN,
        (
            ("The delinquency began before the account was opened.", "首次逾期日期早于开立日期。"),
            _ORDER,
            _UNLIKE,
            ("The account was bought, and opened anew.", "账户系购入并重新开立。"),
            ("Report the original day opened.", "请报送原始开立日期。"),
        ),
    ),
    "m2-payment-after-as-of": _metro(
        WARN,
        (
            ("The last payment came after the day reported for.", "最近还款日期晚于信息日期。"),
            _ORDER,
            _UNLIKE,
            _SYSTEM,
            ("Check both days.", "请核对两个日期。"),
        ),
    ),
    "m2-payment-before-opened": _metro(
        WARN,
        (
            ("The last payment came before the account was opened.", "最近还款日期早于开立日期。"),
            _ORDER,
            _UNLIKE,
            ("The account was opened anew.", "账户重新开立。"),
            ("Check both days.", "请核对两个日期。"),
        ),
    ),
    "m2-history-jump": _metro(
        WARN,
        (
            ("From one month to the next the delay grew by more than a month.", "相邻月份的逾期跨越了一个月以上。"),
            ("A debt grows older by one month a month.", "债务每月只增加一个月账龄。"),
            _LATER,
            ("A month was not reported.", "有月份未报送。"),
            ("Check the history of these months.", "请核对相关月份的历史。"),
        ),
        "crr.accuracy",
    ),
    "m2-history-against-status": _metro(
        WARN,
        (
            ("The status does not follow from the newest month.", "账户状态与最近月份不衔接。"),
            _STATE,
            _LATER,
            ("A month was not reported.", "有月份未报送。"),
            ("Check status and history.", "请核对状态与历史。"),
        ),
        "crr.accuracy",
    ),
    "m2-history-gap": _metro(
        WARN,
        (
            ("Months follow after a month that says: no history before.", "标明此前无历史的月份之前仍有月份。"),
            ("B says that nothing older exists.", "B 表示没有更早的历史。"),
            _UNLIKE,
            ("B was written where D belongs.", "应写 D 处写成 B。"),
            ("Write D for a month without history.", "无历史的月份请写 D。"),
        ),
    ),
    "m2-history-before-opened": _metro(
        WARN,
        (
            ("Months before the account was open; they are left out.", "历史早于开立日期；这些月份不予采用。"),
            _ORDER,
            _UNLIKE,
            ("The account was opened anew.", "账户重新开立。"),
            ("Fill them with B, or report the original day opened.", "请以 B 填充，或报送原始开立日期。"),
        ),
    ),
    "m2-no-identity": _metro(
        REFUSE,
        (
            ("The person has no social security number here.", "该主体没有社会保障号。"),
            ("A name alone may be another person.", "仅凭姓名可能是另一个人。"),
            ("A stranger's debt could enter the file.", "陌生人的债务可能进入档案。"),
            ("The person gave none.", "主体未提供。"),
            ("Fill the number; without one the record waits.", "请填写号码；否则记录不予采用。"),
        ),
    ),
    "m2-born-after-opened": _metro(
        REFUSE,
        (
            ("The person was younger than ten when the account was opened.", "开立账户时主体不满十岁。"),
            ("The record is likely another person's.", "该记录很可能属于他人。"),
            ("A child carries a grown-up's debt.", "儿童背负成年人的债务。"),
            ("Father and son were mixed up.", "父子混淆。"),
            ("Compare with the document.", "请与证件核对。"),
        ),
        "crr.accuracy",
    ),
    "m2-ecoa-unclear": _metro(
        REFUSE,
        (
            (
                "ECOA code W or X: public sources read it in opposite ways (business, deceased).",
                "ECOA 代码 W 或 X：公开来源读法相反（企业、死亡）。",
            ),
            ("A wrong reading marks a living person dead.", "误读会将在世者标为死亡。"),
            ("The person could lose access to all credit.", "主体可能失去一切信贷。"),
            ("The furnisher's table has one meaning.", "机构自有代码表只有一种含义。"),
            (
                "Send a death as deceased_on of a subject record, a firm as a subject of its own.",
                "死亡请以 subject 记录的 deceased_on 报送，企业请单独报送。",
            ),
        ),
        "crr.accuracy",
    ),
    "m2-joint-alone": _metro(
        WARN,
        (
            ("A joint account with one person.", "共同账户只有一人。"),
            ("The other person's part cannot be told.", "无法得知另一人的责任。"),
            ("One person carries the debt of two.", "一人背负两人的债务。"),
            ("The other person is sent by themselves.", "另一人单独报送。"),
            ("Append J1 or J2.", "请附加 J1 或 J2 段。"),
        ),
    ),
    "m2-limit-missing": _metro(
        WARN,
        (
            ("A revolving account or line without a limit.", "循环账户或授信额度未填额度。"),
            ("Use of the limit is a common measure.", "额度使用率是常用指标。"),
            _UNLIKE,
            ("The account has no fixed limit.", "账户没有固定额度。"),
            ("Fill the credit limit; without one the highest credit is used.", "请填写授信额度；否则采用最高用信额。"),
        ),
    ),
    "m2-amount-missing": _metro(
        WARN,
        (
            ("A loan without its original amount.", "贷款未填原始金额。"),
            ("How much is repaid cannot be told.", "无法得知已偿还多少。"),
            _UNLIKE,
            _FILLER,
            ("Fill highest credit with the original amount.", "请在最高用信额处填原始金额。"),
        ),
    ),
    "m2-terms-odd": _metro(
        WARN,
        (
            ("The terms do not fit the portfolio.", "期限与组合类型不符。"),
            (
                "LOC goes with lines, REV with revolving accounts, a number with all others.",
                "LOC 用于授信额度，REV 用于循环账户，其他用数字。",
            ),
            _UNLIKE,
            _FILLER,
            ("Correct terms or portfolio.", "请更正期限或组合类型。"),
        ),
    ),
    "m2-original-creditor-missing": _metro(
        WARN,
        (
            ("A collector does not say whose debt it was.", "催收账户未说明原债权人。"),
            ("Without it the debt can be counted twice.", "缺少该信息，债务可能被重复计算。"),
            ("The person cannot recognise the debt.", "主体无法辨认该债务。"),
            ("The buyer was not told.", "受让方未获告知。"),
            ("Append K1.", "请附加 K1 段。"),
        ),
    ),
    "m2-mortgage-segment-odd": _metro(
        WARN,
        (
            ("Mortgage numbers on an account that is none.", "非按揭账户附有按揭信息。"),
            _FORM_WHY,
            _UNLIKE,
            _FILLER,
            ("Drop K3, or correct the portfolio.", "请删除 K3 段，或更正组合类型。"),
        ),
    ),
    "m2-deferred-without-start": _metro(
        WARN,
        (
            ("Deferred, without the day of the first payment.", "延期还款未填首次还款日期。"),
            ("Until then nothing is late.", "在此之前不存在逾期。"),
            _LATER,
            _SYSTEM,
            ("Append K4 with indicator 02 and the day.", "请附加 K4 段，标识 02 并填日期。"),
        ),
    ),
    "m2-sold-not-transferred": _metro(
        WARN,
        (
            ("Sold, and not reported as transferred.", "已售出，却未报为已转让。"),
            ("The same debt would be counted twice.", "同一债务会被重复计算。"),
            ("The person seems to owe twice.", "主体看似欠款两份。"),
            ("The sale was undone.", "出售已撤销。"),
            ("Report status 05 and no balance, or remove K2.", "请报送状态 05 且余额为零，或移除 K2 段。"),
        ),
        "crr.accuracy",
    ),
    "m2-purchase-code": _metro(
        WARN,
        (
            ("K2 neither says bought, sold nor remove.", "K2 段未说明购入、售出或移除。"),
            _FORM_WHY,
            _UNLIKE,
            _FILLER,
            ("Fill 1, 2 or 9.", "请填 1、2 或 9。"),
        ),
    ),
    "m2-balloon-incomplete": _metro(
        WARN,
        (
            ("A balloon payment without amount or day.", "气球型还款未填金额或日期。"),
            ("A large payment ahead changes what the person can bear.", "未来的大额还款影响主体的承受能力。"),
            _UNLIKE,
            _FILLER,
            ("Fill amount and day.", "请填写金额与日期。"),
        ),
    ),
    "m2-change-to-same": _metro(
        WARN,
        (
            ("L1 changes the number to nothing, or to itself.", "L1 段将编号变更为空或原编号。"),
            _FORM_WHY,
            _NOBODY,
            _FILLER,
            ("Fill the new number, or drop L1.", "请填写新编号，或删除 L1 段。"),
        ),
    ),
    "m2-number-change-not-applied": _metro(
        WARN,
        (
            ("A change of numbers is not carried out by Metro 2 alone.", "仅凭 Metro 2 记录不执行编号变更。"),
            ("Under its new number the account would be a second one.", "以新编号报送会成为第二个账户。"),
            ("The person seems to owe twice.", "主体看似欠款两份。"),
            ("The furnisher moved to a new system.", "机构更换了系统。"),
            (
                "Keep the old number, or delete the old account (DA) when the new one begins.",
                "请沿用旧编号，或在启用新编号时删除旧账户（DA）。",
            ),
        ),
        "crr.accuracy",
    ),
    "m2-tie-not-applied": _metro(
        REFUSE,
        (
            (
                "Authorised user, ended or deleted tie: such a tie makes no tradeline.",
                "授权使用人、关系终止或删除：此类关系不形成账户记录。",
            ),
            ("Who does not owe should not be judged by the debt.", "不负债务者不应因该债务受评价。"),
            ("The person would carry a stranger's debt.", "主体会背负他人的债务。"),
            ("The code is right, and others store it.", "代码无误，其他机构予以保存。"),
            (
                "Send who owes in the base segment; send an ended part as a party record.",
                "请在基本段报送债务人；终止的关系请以 party 记录报送。",
            ),
        ),
    ),
    "m2-other-left-out": _metro(
        WARN,
        (
            (
                "Another person on the account cannot be told and is left out; the account itself is taken.",
                "账户的另一人无法识别，予以略去；账户本身已接收。",
            ),
            ("A name alone may be another person.", "仅凭姓名可能是另一个人。"),
            ("The other person's file lacks this account.", "另一人的档案缺少该账户。"),
            ("The segment is filled with noughts.", "该段以零填充。"),
            ("Fill social security number and ECOA code of the segment.", "请填写该段的社会保障号与 ECOA 代码。"),
        ),
    ),
}
