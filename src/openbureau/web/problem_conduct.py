"""What can go wrong with how fast a member asks, and with what it says to a case?  Data table."""

Both = tuple[str, str]

CONDUCT: tuple[tuple[str, int, Both, Both], ...] = (
    (
        "rate-limited", 429,
        ("Too many requests at once", "请求过于频繁"),
        ("Nothing was read or recorded. Send the same again after the seconds in Retry-After; the detail says whose limit.",
         "未读取也未记录任何信息。请按 Retry-After 所示秒数后重发；详情说明所属限额。"),
    ),
    (
        "quota-reached", 429,
        ("The day's quota of inquiries is used up", "当日查询限额已用完"),
        ("Nothing was read or recorded. Send it again on the next day in Beijing; at the door, Retry-After has the seconds.",
         "未读取也未记录任何信息。请于北京时间次日重发；即时查询另以 Retry-After 说明秒数。"),
    ),
    (
        "no-such-conduct-case", 404,
        ("There is no such case about one of your users", "没有涉及贵机构用户的该案件"),
        ("GET /v1/members/me/cases lists them.", "GET /v1/members/me/cases 列出全部案件。"),
    ),
    (
        "decision-not-yours", 403,
        ("Your role reads cases and decides none", "您的角色仅可查阅案件，不可裁决"),
        ("A member of the committee decides; ask one of them.", "由委员会成员裁决，请与其联系。"),
    ),
    (
        "case-closed", 409,
        ("The case takes no more words", "该案件不再接收说明"),
        ("It has been decided; the decision and its reason stand in the case.", "案件已裁定，结论与理由见案件内容。"),
    ),
)  # fmt: skip
