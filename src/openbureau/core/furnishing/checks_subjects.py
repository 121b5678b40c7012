"""Is what is said about a subject possible, lawful and consistent?  Identity, use of platforms, business, public records;
and what is asked about records sent before: corrections, deletions, answers to disputes.

Every check is `(update, context) -> rule and field, or nothing`; `checks.py` says in which order they are made.
"""

import unicodedata
from datetime import date, timedelta

from openbureau.core.credit_file import ADVERSE
from openbureau.core.furnishing import codes
from openbureau.core.furnishing.checks_accounts import was_told
from openbureau.core.furnishing.content import PROHIBITED, barred_content
from openbureau.core.furnishing.finding import CheckContext, Found
from openbureau.core.furnishing.layout import FieldKind
from openbureau.core.furnishing.layouts import KEYS, LAYOUTS
from openbureau.core.furnishing.parse import value_fits
from openbureau.core.furnishing.values import (
    BusinessUpdate,
    CorrectionUpdate,
    DeletionUpdate,
    DisputeAnswerUpdate,
    OutsideInquiryUpdate,
    PlatformUseUpdate,
    PublicRecordUpdate,
    SubjectUpdate,
    Update,
)
from openbureau.core.subject import PERSON_ID, birthday, born_on, normalize_id, normalize_name

_FILLERS = frozenset(
    {
        "测试",
        "无",
        "未知",
        "不详",
        "空",
        "TEST",
        "TESTER",
        "NULL",
        "NONE",
        "NA",
        "N/A",
        "UNKNOWN",
        "XXX",
        "某某",
        "先生",
        "女士",
    }
)
_TEXTS = {
    record: tuple(field.name for field in layout.fields if field.kind is FieldKind.TEXT)
    for record, layout in LAYOUTS.items()
}


def holds_nothing_barred(update: Update, _context: CheckContext) -> Found:
    """No text says anything about religion, genes, fingerprints, blood, illness, or income and the like (Art. 14)."""
    texts = [(name, text) for name in _TEXTS[update.record] if (text := getattr(update, name))]
    if isinstance(update, SubjectUpdate) and update.kind == "enterprise":
        texts = [(name, text) for name, text in texts if name != "name"]
    barred = barred_content(texts)
    if barred is None:
        return None
    return ("prohibited-content" if barred[0] == PROHIBITED else "restricted-content", barred[1])


def identity_number_holds(update: SubjectUpdate, _context: CheckContext) -> Found:
    """The check character, the date inside and the alphabet of the identity number."""
    if normalize_id(update.id_kind, update.id_number) is None:
        return ("bad-identity-number", "id_number")
    return None


def number_fits_kind(update: SubjectUpdate, _context: CheckContext) -> Found:
    """A firm is not known by a person's number."""
    is_wrong = update.kind == "enterprise" and update.id_kind == PERSON_ID
    return ("kind-not-of-number", "id_kind") if is_wrong else None


def birth_day_agrees(update: SubjectUpdate, _context: CheckContext) -> Found:
    """The day of birth is the one inside the number."""
    number = normalize_id(update.id_kind, update.id_number)
    if update.born_on and number and update.id_kind == PERSON_ID and born_on(number) != update.born_on:
        return ("birth-day-differs", "born_on")
    return None


def _born(update: SubjectUpdate) -> date | None:
    number = normalize_id(update.id_kind, update.id_number)
    return update.born_on or (born_on(number) if number and update.id_kind == PERSON_ID else None)


def is_no_child(update: SubjectUpdate, context: CheckContext) -> Found:
    """Nobody below the age of Art. 31 PIPL."""
    born = update.born_on
    if update.id_kind == PERSON_ID:
        number = normalize_id(update.id_kind, update.id_number)
        born = born_on(number) if number else None
    return ("child", "id_number") if born and context.today < birthday(born, context.child_age) else None


def age_is_possible(update: SubjectUpdate, context: CheckContext) -> Found:
    """Nobody living is older than anyone was."""
    born = _born(update)
    is_odd = born is not None and update.deceased_on is None and birthday(born, 120) <= context.today
    return ("age-not-possible", "id_number") if is_odd else None


def death_follows_birth(update: SubjectUpdate, _context: CheckContext) -> Found:
    """Nobody dies before being born."""
    born = _born(update)
    is_wrong = born is not None and update.deceased_on is not None and update.deceased_on < born
    return ("death-before-birth", "deceased_on") if is_wrong else None


def name_is_a_name(update: SubjectUpdate, _context: CheckContext) -> Found:
    """The name is not what programs write where none is known, and a person's has no digits."""
    if normalize_name(update.name) in _FILLERS:
        return ("name-filler", "name")
    has_digit = update.kind == "person" and any(char.isdigit() for char in update.name)
    return ("name-with-digits", "name") if has_digit else None


def phone_is_a_phone(update: SubjectUpdate, _context: CheckContext) -> Found:
    """A telephone number has 5 to 17 digits and nothing but separators, and is not one digit repeated."""
    if update.phone is None:
        return None
    plain = unicodedata.normalize("NFKC", update.phone).translate(str.maketrans("", "", " +-()/."))
    if not (plain.isascii() and plain.isdigit() and 5 <= len(plain) <= 17):
        return ("phone-malformed", "phone")
    return ("phone-filler", "phone") if len(set(plain[-7:])) == 1 else None


def region_is_a_code(update: SubjectUpdate, _context: CheckContext) -> Found:
    """A division code has six digits."""
    is_odd = update.region is not None and not (
        len(update.region) == 6 and update.region.isascii() and update.region.isdigit()
    )
    return ("region-malformed", "region") if is_odd else None


def key_is_no_number(update: SubjectUpdate, _context: CheckContext) -> Found:
    """The furnisher's own key is not the identity number: it would stand in every record and every file."""
    number = normalize_id(update.id_kind, update.id_number)
    is_odd = number is not None and normalize_name(update.subject_ref) == number
    return ("number-as-key", "subject_ref") if is_odd else None


def month_has_begun(update: PlatformUseUpdate | BusinessUpdate, context: CheckContext) -> Found:
    """The month is over: what it sums up is known; a month that has not begun is not known at all."""
    if update.month > context.this_month:
        return ("month-in-future", "month")
    return ("month-not-over", "month") if update.month == context.this_month else None


def use_is_agreed(update: PlatformUseUpdate, _context: CheckContext) -> Found:
    """Use of a platform comes with the separate consent of the person (PIPL Art. 29) and the notice that goes before it."""
    if update.consent_ref is None or update.consent_given_on is None:
        return ("use-without-consent", "consent_ref" if update.consent_ref is None else "consent_given_on")
    return ("use-without-notice", "notice_on") if update.notice_on is None else None


def turnover_is_agreed(update: BusinessUpdate, _context: CheckContext) -> Found:
    """A sole trader's turnover is income: it comes with the warning and the written consent of Art. 14."""
    if update.trader_kind == "enterprise" or update.turnover_fen is None:
        return None
    if update.consent_ref is None or update.consent_given_on is None:
        return ("income-without-consent", "consent_ref" if update.consent_ref is None else "consent_given_on")
    return ("income-without-warning", "notice_on") if update.notice_on is None else None


def agreed_before(update: PlatformUseUpdate | BusinessUpdate, _context: CheckContext) -> Found:
    """The warning comes no later than the consent, and the consent no later than the month's end."""
    if update.consent_given_on is None:
        return None
    if update.consent_given_on.isoformat()[:7] > update.month:
        return ("consent-after-use", "consent_given_on")
    is_late = update.notice_on is not None and update.notice_on > update.consent_given_on
    return ("notice-after-consent", "notice_on") if is_late else None


def late_within_bills(update: PlatformUseUpdate, _context: CheckContext) -> Found:
    """No more bills are late than fell due."""
    is_wrong = update.bills is not None and update.bills_late is not None and update.bills_late > update.bills
    return ("late-over-bills", "bills_late") if is_wrong else None


def late_use_was_told(update: PlatformUseUpdate, context: CheckContext) -> Found:
    """Late bills are adverse information: the person was told before (Art. 15)."""
    return was_told(bool(update.bills_late or update.overdue_fen), update.adverse_notified_on, context)


def spending_means_use(update: PlatformUseUpdate, _context: CheckContext) -> Found:
    """Nothing is spent on a service that was not used."""
    is_odd = update.active_band == "0" and update.spend_band not in {None, "0"}
    return ("spend-without-use", "spend_band") if is_odd else None


def refunds_within_turnover(update: BusinessUpdate, _context: CheckContext) -> Found:
    """No more is refunded than was taken."""
    is_odd = (
        update.turnover_fen is not None and update.refund_fen is not None and update.refund_fen > update.turnover_fen
    )
    return ("refund-over-turnover", "refund_fen") if is_odd else None


def customers_within_orders(update: BusinessUpdate, _context: CheckContext) -> Found:
    """Every paying customer has an order."""
    is_odd = update.orders is not None and update.customers is not None and update.customers > update.orders
    return ("customers-over-orders", "customers") if is_odd else None


def days_within_month(update: BusinessUpdate, _context: CheckContext) -> Found:
    """A month has as many days as it has."""
    first = date.fromisoformat(f"{update.month}-01")
    days = ((first + timedelta(days=31)).replace(day=1) - first).days
    return ("days-over-month", "active_days") if (update.active_days or 0) > days else None


def turnover_means_days(update: BusinessUpdate, _context: CheckContext) -> Found:
    """Turnover is taken on some day."""
    return ("turnover-without-days", "active_days") if update.turnover_fen and update.active_days == 0 else None


def inquiry_is_recent(update: OutsideInquiryUpdate, context: CheckContext) -> Found:
    """An inquiry is shown for two years."""
    return ("inquiry-too-old", "asked_on") if update.asked_on < context.today - timedelta(days=731) else None


def ended_after_decided(update: PublicRecordUpdate, _context: CheckContext) -> Found:
    """What has ended was decided before."""
    is_wrong = update.ended_on is not None and update.ended_on < update.decided_on
    return ("ended-before-decided", "ended_on") if is_wrong else None


def fulfilled_has_day(update: PublicRecordUpdate, _context: CheckContext) -> Found:
    """What is fulfilled or revoked has ended on a day: from it the time of keeping runs."""
    return ("ended-without-day", "ended_on") if update.public_status in {"2", "3"} and update.ended_on is None else None


def still_may_be_kept(update: PublicRecordUpdate, context: CheckContext) -> Found:
    """Adverse information is kept for five years from its end (Art. 16)."""
    is_over = update.ended_on is not None and birthday(update.ended_on, context.adverse_years) < context.today
    return ("adverse-term-over", "ended_on") if is_over and update.public_kind in codes.ADVERSE_PUBLIC else None


def debt_has_amount(update: PublicRecordUpdate, _context: CheckContext) -> Found:
    """Enforcement and tax arrears are about an amount."""
    is_odd = update.public_kind in {"enforcement", "tax-arrears"} and update.amount_fen is None
    return ("public-amount-missing", "amount_fen") if is_odd else None


def key_fits_target(update: CorrectionUpdate | DeletionUpdate, _context: CheckContext) -> Found:
    """The key has the parts that a record of the kind has, and no other."""
    key = KEYS[update.target]
    for name, given in (("month", update.month), ("part", update.part)):
        is_needed = "month" in key if name == "month" else bool(set(key[1:]) - {"month"})
        if is_needed != (given is not None):
            return ("key-not-of-kind", name)
    return None


def field_can_be_corrected(update: CorrectionUpdate, _context: CheckContext) -> Found:
    """The field is one of the kind, and not part of its key: another key is another record."""
    is_known = update.field in LAYOUTS[update.target].by_name or update.field == codes.DELETION_FIELD
    return None if is_known and update.field not in KEYS[update.target] else ("field-not-corrigible", "field")


def correction_changes(update: CorrectionUpdate, _context: CheckContext) -> Found:
    """The right value is another than the old."""
    return ("correction-of-nothing", "new_value") if update.old_value == update.new_value else None


def new_value_fits(update: CorrectionUpdate, _context: CheckContext) -> Found:
    """The right value is one that the field can have; a field that must be there keeps a value."""
    field = LAYOUTS[update.target].by_name.get(update.field)
    if field is None:
        return None
    if update.new_value is None:
        return ("corrected-value-unfit", "new_value") if field.is_required else None
    return None if value_fits(field, update.new_value) else ("corrected-value-unfit", "new_value")


def adverse_correction_was_told(update: CorrectionUpdate, context: CheckContext) -> Found:
    """A correction that makes a record adverse is told to the person before (Art. 15)."""
    adverse = {
        ("month", "status"): ADVERSE,
        ("guarantee", "guarantee_status"): codes.ADVERSE_GUARANTEES,
        ("public-record", "public_kind"): codes.ADVERSE_PUBLIC,
    }.get((update.target, update.field), frozenset())
    is_adverse = update.new_value in adverse and update.old_value not in adverse
    return was_told(is_adverse, update.adverse_notified_on, context)


def standing_has_document(update: DisputeAnswerUpdate, _context: CheckContext) -> Found:
    """Who says that the record stands names the document it rests on."""
    return ("stands-without-document", "document") if update.answer == "stands" and not update.document else None
