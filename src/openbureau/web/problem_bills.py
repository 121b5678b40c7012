"""What can go wrong with bills and what a member objects to in them?  Data table."""

Both = tuple[str, str]

BILLS: tuple[tuple[str, int, Both, Both], ...] = (
    (
        "no-such-invoice", 404,
        ("Nothing stands on a bill of this month", "该月没有账单"),
        ("The months with a bill are listed under /v1/members/me/invoices.", "有账单的月份见 /v1/members/me/invoices。"),
    ),
    (
        "no-such-line", 404,
        ("No such charge stands on this bill", "该账单上没有这笔收费"),
        ("Send month and inquiry_id as they stand on the line.", "请发送账单该行所示的月份与 inquiry_id。"),
    ),
    (
        "disputed-before", 409,
        ("This line was disputed before", "该行已提出过异议"),
        ("Its state and decision are listed under /v1/members/me/invoice-disputes.",
         "处理状态与结果见 /v1/members/me/invoice-disputes。"),
    ),
    (
        "credited-before", 409,
        ("This charge was given back already", "该笔收费已退还"),
        ("The credit note stands on the bill of its month; nothing is left to dispute.",
         "退还记录列于相应月份的账单，无须再提异议。"),
    ),
    (
        "too-late", 409,
        ("The term for disputing this bill has ended", "该账单的异议期限已过"),
        ("A bill can be disputed for the days that /tariff names, from its closing.",
         "自结账起，在 /tariff 所列天数内可提出异议。"),
    ),
)  # fmt: skip
