"""What can go wrong with a consent: at the person's page, in what a member sends, with the original it shows?  Data table."""

Both = tuple[str, str]

CONSENTS: tuple[tuple[str, int, Both, Both], ...] = (
    (
        "draw-not-made", 422,
        ("Nothing was drawn", "未进行抽取"),
        ("A seed is one line of 8 to 200 characters, the span has a day or more, and the holidays of the due day are known.",
         "种子为一行 8 至 200 个字符；截止日不得早于起始日；原件提交期限须落在节假日安排已公布的年份内。"),
    ),
    (
        "consent-point-missing", 422,
        ("A point that the law asks for was not agreed to", "有一项须单独同意的内容未经确认"),
        ("Each point is agreed to by itself, as the articles ask. Without all of them nothing is recorded: the choice is free.",
         "各项须分别确认，依据见所列条款。缺少任何一项均不予登记；是否同意由本人自愿决定。"),
    ),
    (
        "notice-outdated", 409,
        ("Another notice or wording holds by now", "告知书或用途表述已更新"),
        ("Read the notice that holds today (GET /v1/me/consent-notice) and decide on that one.",
         "请阅读当日有效的告知书（GET /v1/me/consent-notice）后再作决定。"),
    ),
    (
        "consent-not-signed", 422,
        ("The consent is not signed by a key of this member", "该同意未由本机构的密钥签名"),
        ("Sign the canonical consent with a key of your institution that is valid now: docs/specs/consent.md.",
         "请用贵机构当前有效的密钥对规范化的同意签名，参见 docs/specs/consent.md。"),
    ),
    (
        "consent-not-yours", 422,
        ("This member does not send consents of this lender", "本机构不能提交该机构的同意"),
        ("A lender sends those that it took for itself; others need the role of a collector in the act.",
         "信息使用者只能提交为自己取得的同意；代他人取得须在文件中具有收集者角色。"),
    ),
    (
        "consent-id-used", 409,
        ("Another consent was sent under this id", "该编号已用于另一份同意"),
        ("Give each consent an id of its own; send the same bytes again to repeat.",
         "每份同意使用独立编号；重发时请发送相同内容。"),
    ),
    (
        "consent-asked-already", 429,
        ("This person was asked for this a short while ago", "近期已向该人征求过此项同意"),
        ("Do not ask again before the house rule's time is over, whatever the answer was; a code from the person may confirm.",
         "无论答复如何，在内部规则规定的期限内请勿再次征求；本人提供的确认码可确认已提交的同意。"),
    ),
    (
        "no-such-consent", 404,
        ("There is no such consent", "没有此同意"),
        ("Check its id; what was answered or has lapsed can no longer be answered.",
         "请核对编号；已答复或已过期的请求不能再答复。"),
    ),
    (
        "no-such-sample", 404,
        ("This original was not asked for", "未要求提交此原件"),
        ("The list at /v1/members/me/consent-samples has the ids of those that were.",
         "要求提交的原件编号见 /v1/members/me/consent-samples。"),
    ),
    (
        "sample-answered", 409,
        ("A document was sent for this before", "此前已提交文件"),
        ("The first document counts. Where it was the wrong one, tell the committee.",
         "以首次提交的文件为准。如提交有误，请告知委员会。"),
    ),
    (
        "no-document", 422,
        ("The body is empty", "请求体为空"),
        ("Send the file of the written original as it was hashed, byte for byte.",
         "请逐字节发送计算哈希时所用的原件文件。"),
    ),
)  # fmt: skip
