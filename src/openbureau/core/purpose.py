"""For which purposes may a lender ask?  Our words, the PBOC inquiry reason codes, both languages.  Data table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purpose:
    """A permissible purpose.  `counts` tells whether it is an application for credit (hard inquiry)."""

    name: str
    pboc_code: str
    zh: str
    en: str
    counts: bool


PURPOSES: dict[str, Purpose] = {
    purpose.name: purpose
    for purpose in (
        Purpose("loan-approval", "02", "贷款审批", "Approval of a loan", True),
        Purpose("card-approval", "03", "信用卡审批", "Approval of a credit card", True),
        Purpose("post-loan", "01", "贷后管理", "Management of a running loan", False),
        Purpose("guarantor-check", "08", "担保资格审查", "Check of a guarantor", True),
        Purpose("merchant-check", "19", "特约商户实名审查", "Check of a merchant", False),
        Purpose("finance-approval", "24", "融资审批", "Approval of finance", True),
        Purpose("limit-approval", "26", "额度审批", "Approval of a limit", True),
    )
}
