"""What is a rule, and where does it come from?

Values only: a rule on a day, with its citation.  Numbers the code relies on are reached through typed accessors, so that
a misspelt name is found before it runs; all others by their id.  Nothing here reads a file or knows the day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

RuleValue = None | bool | int | str | tuple["RuleValue", ...]


class Status(StrEnum):
    """How far a rule binds.  Only `in_force` is law today; `house` is our own and is shown as such."""

    IN_FORCE = "in_force"
    DRAFT = "draft"
    LAPSED_DRAFT = "lapsed_draft"
    POLICY = "policy"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    HOUSE = "house"


class NoRule(LookupError):
    """No rule of this id holds on this day.  A gap is a fault when asked for, never a default."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a value comes from: instrument, article, the words themselves (or our gist of them), and who checked when.

    `quote` is the instrument's own text, `gist` ours where the text itself was not at hand; exactly one is present.
    `grade` says how sure we are: READ-FULL (whole instrument read), READ (provision read), HOUSE (our own rule).
    """

    instrument_zh: str
    instrument_en: str
    number: str
    article: str
    quote: str
    gist: str
    source: str
    grade: str
    checked_on: date

    def render(self, language: str) -> str:
        """One line: instrument, article, words."""
        words = self.quote or self.gist
        article = "" if self.article == "-" else self.article
        if language == "zh":
            place = f"第{article}条" if article[:1].isdigit() else article
            return f"《{self.instrument_zh}》{place}：{words}"
        place = f", Art. {article}" if article[:1].isdigit() else f", {article}" if article else ""
        return f"{self.instrument_en} ({self.number}){place}: {words}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it holds on a day.  `value` is in `unit`; None with a unit such as `promptly` means: no number."""

    id: str
    topic: str
    value: RuleValue
    unit: str
    since: date
    until: date | None
    status: Status
    citation: Citation
    label_en: str
    label_zh: str
    effect: str

    @property
    def number(self) -> int:
        """The value as a whole number; TypeError (a fault in the pack) if it is none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise TypeError(f"the rule {self.id} is not a whole number")
        return self.value


@dataclass(frozen=True, slots=True)
class TypedRules:
    """The rules that the code itself reckons with.  Each field names its rule id in `RULE_IDS`."""

    adverse_years: Rule
    free_reports: Rule
    dispute_days: Rule
    inquiry_consent: Rule
    purpose_limit: Rule
    reference_only: Rule
    consent_withdraw: Rule
    separate_consent: Rule
    negative_notice: Rule
    prohibited_data: Rule
    restricted_data: Rule
    child_age: Rule
    fee_person: Rule
    fee_firm: Rule
    fee_person_concession: Rule
    fee_firm_concession: Rule
    fee_window_person: Rule
    fee_window_firm: Rule
    fee_share_score: Rule
    fee_share_attributes: Rule
    fee_share_changes: Rule
    fee_share_question: Rule
    fee_share_alert: Rule
    fee_tiers: Rule
    refusal_free: Rule
    replay_free: Rule
    late_answer_seconds: Rule
    wrong_answer_free: Rule
    bill_close_hours: Rule
    bill_dispute_days: Rule
    bill_decision_days: Rule
    merge_delay_seconds: Rule
    quorum_lost_stop_seconds: Rule
    adverse_lead_days: Rule
    idempotency_hours: Rule
    token_seconds: Rule
    assertion_seconds: Rule
    request_age_seconds: Rule
    line_limit_bytes: Rule
    upload_hours: Rule
    report_months: Rule
    report_months_most: Rule
    questions_most: Rule
    first_look_free: Rule
    consent_months_most: Rule
    consent_pending_days: Rule
    consent_quiet_days: Rule
    consent_code_seconds: Rule
    consent_sample_days: Rule
    credit_minor_age: Rule
    self_access_free: Rule
    no_hit_free: Rule
    batch_lines_most: Rule
    batch_days: Rule
    webhook_tries_most: Rule
    webhook_first_wait_seconds: Rule
    webhook_longest_wait_seconds: Rule
    webhook_answer_seconds: Rule
    employment_products: Rule
    order_days_most: Rule
    notice_deferral_days_most: Rule
    official_lookup_free: Rule
    thin_file_months: Rule
    monitor_start_free: Rule
    monitor_sweep_seconds: Rule
    monitor_worse_months: Rule
    monitor_exposure_percent: Rule
    monitor_exposure_fen: Rule
    monitor_inquiries: Rule
    monitor_score_points: Rule


RULE_IDS: Mapping[str, str] = {
    "adverse_years": "crr.negative.retention_years",
    "free_reports": "crr.report.free_per_year",
    "dispute_days": "dispute.response_days",
    "inquiry_consent": "crr.inquiry.consent",
    "purpose_limit": "crr.use.purpose_limit",
    "reference_only": "crr.reference_only",
    "consent_withdraw": "pipl.consent.withdraw",
    "separate_consent": "pipl.provide.separate_consent",
    "negative_notice": "crr.negative.prior_notice",
    "prohibited_data": "crr.data.prohibited",
    "restricted_data": "crr.data.restricted",
    "child_age": "pipl.minor.age",
    "fee_person": "fee.crc.personal",
    "fee_firm": "fee.crc.enterprise",
    "fee_person_concession": "fee.crc.personal.concession",
    "fee_firm_concession": "fee.crc.enterprise.concession",
    "fee_window_person": "fee.dedup.personal_days",
    "fee_window_firm": "fee.dedup.enterprise_days",
    "fee_share_score": "house.fee_share_score",
    "fee_share_attributes": "house.fee_share_attributes",
    "fee_share_changes": "house.fee_share_changes",
    "fee_share_question": "house.fee_share_question",
    "fee_share_alert": "house.fee_share_alert",
    "fee_tiers": "house.fee_tiers",
    "refusal_free": "house.refusal_free",
    "replay_free": "house.replay_free",
    "late_answer_seconds": "house.late_answer_seconds",
    "wrong_answer_free": "house.wrong_answer_free",
    "bill_close_hours": "house.bill_close_hours",
    "bill_dispute_days": "house.bill_dispute_days",
    "bill_decision_days": "house.bill_decision_days",
    "merge_delay_seconds": "house.merge_delay_seconds",
    "quorum_lost_stop_seconds": "house.quorum_lost_stop_seconds",
    "adverse_lead_days": "house.adverse_notice_lead_days",
    "idempotency_hours": "house.idempotency_hours",
    "token_seconds": "house.token_seconds",
    "assertion_seconds": "house.assertion_seconds",
    "request_age_seconds": "house.request_age_seconds",
    "line_limit_bytes": "house.line_limit_bytes",
    "upload_hours": "house.upload_hours",
    "report_months": "house.report_months",
    "report_months_most": "house.report_months_most",
    "questions_most": "house.questions_most",
    "first_look_free": "house.first_look_free",
    "consent_months_most": "house.consent_months_most",
    "consent_pending_days": "house.consent_pending_days",
    "consent_quiet_days": "house.consent_quiet_days",
    "consent_code_seconds": "house.consent_code_seconds",
    "consent_sample_days": "house.consent_sample_days",
    "credit_minor_age": "house.credit_minor_age",
    "self_access_free": "house.self_access_free",
    "no_hit_free": "house.no_hit_free",
    "batch_lines_most": "house.batch_lines_most",
    "batch_days": "house.batch_days",
    "webhook_tries_most": "house.webhook_tries_most",
    "webhook_first_wait_seconds": "house.webhook_first_wait_seconds",
    "webhook_longest_wait_seconds": "house.webhook_longest_wait_seconds",
    "webhook_answer_seconds": "house.webhook_answer_seconds",
    "employment_products": "house.employment_products",
    "order_days_most": "house.order_days_most",
    "notice_deferral_days_most": "house.notice_deferral_days_most",
    "official_lookup_free": "house.official_lookup_free",
    "thin_file_months": "house.thin_file_months",
    "monitor_start_free": "house.monitor_start_free",
    "monitor_sweep_seconds": "house.monitor_sweep_seconds",
    "monitor_worse_months": "house.monitor_worse_months",
    "monitor_exposure_percent": "house.monitor_exposure_percent",
    "monitor_exposure_fen": "house.monitor_exposure_fen",
    "monitor_inquiries": "house.monitor_inquiries",
    "monitor_score_points": "house.monitor_score_points",
}


class Rulebook:
    """Every rule that holds on one day."""

    def __init__(self, day: date, rules: Mapping[str, Rule], digest: str) -> None:
        self.day = day
        self.digest = digest
        self._rules = dict(rules)
        self._typed: TypedRules | None = None

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def rule(self, rule_id: str) -> Rule:
        """The rule of this id; `NoRule` names the day and the cure."""
        try:
            return self._rules[rule_id]
        except KeyError:
            raise NoRule(
                f"no rule {rule_id!r} holds on {self.day}; ask for another day, or load the draft that has it"
            ) from None

    @property
    def typed(self) -> TypedRules:
        """The rules the code reckons with; `NoRule` if one of them does not hold on this day."""
        if self._typed is None:
            self._typed = TypedRules(**{name: self.rule(rule_id) for name, rule_id in RULE_IDS.items()})
        return self._typed

    def cite(self, *rule_ids: str) -> tuple[Citation, ...]:
        """The citations of these rules, in order."""
        return tuple(self.rule(rule_id).citation for rule_id in rule_ids)


if {field.name for field in fields(TypedRules)} != set(RULE_IDS):
    raise AssertionError("TypedRules and RULE_IDS name different rules")
