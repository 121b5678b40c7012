"""What can be done from a terminal about fees: the tariff, closing a month, an invoice, credit notes, disputes of a line.

Registered by `cli.py`, which gives the ground: an open bureau, and how to speak.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from cyclopts import App, Parameter

from openbureau.cli_ground import NO, Ground, Json, Language, signing
from openbureau.law.workdays import civil_day

Form = Annotated[Literal["text", "json", "csv", "pdf"], Parameter(name="--as")]
TROUBLES = {"BillRefused", "BillMisbehaviour", "NoBill"}


class NoBill(LookupError):
    """There is no such bill, line or dispute, or it cannot be shown this way; the message says what to do."""


def register(app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    _register_tariff(app, ground)
    bill_app = App(
        name="bill", help="Bills of members: close a month, show an invoice, decide what a member objects to."
    )
    app.command(bill_app)
    _register_months(bill_app, ground)
    _register_show(bill_app, ground)
    _register_disputes(bill_app, ground)


def _register_tariff(app: App, ground: Ground) -> None:
    @app.command
    def tariff(*, on: date | None = None, regime: str = "cn", is_json: Json = False, lang: Language = "") -> int:
        """Show what everything costs on a day, with the rules behind it; the same for every institution of a kind."""
        from openbureau.jobs.billing.tariff import tariff as told
        from openbureau.law.reader import load_law

        found = told(load_law(regime), on or civil_day(datetime.now(UTC)))
        ground.emit(found, is_json, lambda: _tariff_text(found, ground.short(lang)))
        return 0


def _tariff_text(found: dict[str, Any], language: str) -> str:
    heads = {"en": ("standard", "reduced"), "zh": ("标准", "优惠")}[language]
    rows = [
        f"{row['product']:<11} {row['subject']:<11} {heads[row['institutions'] == 'reduced']:<9}"
        f"{row['amount_fen'] / 100:>8.2f}  {' * '.join(row['rules'])}"
        for row in found["prices"]
    ]
    steps = [f"> {tier['above']}: {tier['percent']}%" for tier in found["tiers"]]
    free = [f"{rule['id']}: {rule['label'][language]}" for rule in found["free"]]
    return "\n".join([*rows, "", *steps, "", *free])


def _register_months(bill_app: App, ground: Ground) -> None:
    @bill_app.command
    def close(month: str, *, by: str = "operator", is_json: Json = False) -> int:
        """Close MONTH (2026-11): give back wrong answers, make every invoice, bind them to the log.  Again: compare."""
        from openbureau.jobs.billing.close import close_month

        with ground.bureau() as bureau, signing(bureau):
            told = close_month(bureau, month, by=by).to_json()
        said = told["entry"]
        word = "closed before, and the same again" if told["is_repeat"] else "closed"
        text = (
            f"{month} {word}: {said['invoices']} invoices, {said['totals']['total_fen'] / 100:.2f} {said['currency']}"
        )
        ground.emit(told, is_json, lambda: f"{text}\n{told['proof']}")
        return 0

    @bill_app.command
    def credit(*, is_json: Json = False) -> int:
        """Note what has to be given back because a later correction showed the answer to be wrong.  `close` does so too."""
        from openbureau.jobs.billing.credit import credit_wrong_answers

        with ground.bureau() as bureau:
            noted = credit_wrong_answers(bureau)
        ground.emit({"noted": noted}, is_json, lambda: f"{noted} credit notes")
        return 0


def _register_show(bill_app: App, ground: Ground) -> None:
    @bill_app.command
    def show(member: str, month: str, *, form: Form = "text",
             to: Path | None = None, is_json: Json = False, lang: Language = "") -> int:  # fmt: skip
        """Show a member's invoice of a month; `--as csv|pdf|json` another form, `--to FILE` into a file (a PDF always)."""
        from openbureau.jobs.billing.invoices import invoice_of, is_month
        from openbureau.jobs.billing.printed import print_csv, print_pdf

        language = ground.short(lang)
        with ground.bureau() as bureau:
            found = invoice_of(bureau, member, month) if is_month(month) else None
            if found is None:
                raise NoBill(f"nothing stands on a bill of {member} for {month}; months are written as 2026-11")
            if form == "pdf":
                if to is None:
                    raise NoBill("a PDF goes into a file; name it with --to")
                content = print_pdf(bureau, found, "zh-CN" if language == "zh" else "en")
            else:
                content = print_csv(found) if form == "csv" else found.content
        if to is not None:
            to.write_bytes(content)
            ground.emit({"file": str(to), "hash": found.hash}, is_json, lambda: f"written to {to}")
            return 0
        told = found.to_json()
        shown = content.decode() if form != "text" else _invoice_text(told, found.is_closed)
        ground.emit({"hash": found.hash, "is_closed": found.is_closed, "invoice": told}, is_json, lambda: shown)
        return 0


def _invoice_text(told: dict[str, Any], is_closed: bool) -> str:
    lines = [
        f"{row['line']:>6} {row['charged_on']} {row['product']:<11}{row['price_fen'] / 100:>8.2f}  {row['inquiry_id']}  "
        f"{'-' if row['log_index'] is None else row['log_index']}"
        for row in told["lines"]
    ]
    back = [f"       {one['noted_on']} {one['reason']:<15}{-one['credit_fen'] / 100:>8.2f}  {one['inquiry_id']}"
            for one in told["credits"]]  # fmt: skip
    totals = "  ".join(f"{name} {value}" for name, value in told["totals"].items())
    head = f"{told['member']['id']}  {told['month']}  {'closed' if is_closed else 'running'}"
    return "\n".join([head, *lines, *back, totals])


def _register_disputes(bill_app: App, ground: Ground) -> None:
    @bill_app.command(name="disputes")
    def list_disputes(*, member: str | None = None, waiting: Annotated[bool, Parameter(negative="")] = False,
                      is_json: Json = False) -> int:  # fmt: skip
        """List what members objected to, newest first; `--waiting` only what is not decided."""
        from openbureau.jobs.billing.dispute import disputes

        with ground.bureau() as bureau:
            found = [one for one in disputes(bureau, member) if not waiting or one.is_upheld is None]
        told = [one.to_json() | {"member": one.member_id, "is_overdue": one.is_overdue} for one in found]
        ground.emit(told, is_json, lambda: "\n".join(_dispute_line(row) for row in told) or "none")
        return 0

    @bill_app.command
    def decide(dispute: UUID, *, uphold: Annotated[bool, Parameter(negative="--reject")], words: str, by: str = "operator",
               is_json: Json = False) -> int:  # fmt: skip
        """Decide a dispute, once: `--uphold` gives the charge back, `--reject` lets it stand; `--words` say why."""
        from openbureau.jobs.billing.dispute import LONGEST_WORDS, NotDecided, decide_dispute

        if not 1 <= len(words.strip()) <= LONGEST_WORDS:
            raise NoBill(f"a decision says why, in 1 to {LONGEST_WORDS} characters")
        with ground.bureau() as bureau:
            made = decide_dispute(bureau, str(dispute), is_upheld=uphold, words=words, by=by)
        if isinstance(made, NotDecided):
            ground.emit({"dispute_id": str(dispute), "why": made.value}, is_json, lambda: f"{dispute}: {made.value}")
            return NO
        told = made.to_json()
        ground.emit(told, is_json, lambda: f"{dispute}: {told['state']}")
        return 0


def _dispute_line(row: dict[str, Any]) -> str:
    late = "  OVERDUE" if row["is_overdue"] else ""
    return (
        f"{row['dispute_id']}  {row['member']}  {row['month']}  {row['reason']}  {row['state']}{late}\n  {row['words']}"
    )
