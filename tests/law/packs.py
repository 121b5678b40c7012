"""Small trial packs: the packaged files with one more topic, so that a mistake can be planted at a known line."""

from openbureau.law.reader import Law, load_law, read_pack

VALUE = """\
      value: {value}
      status: {status}
      instrument: {instrument}
      article: "1"
      gist: "A made-up rule."
      source: S-TRIAL
      grade: {grade}
      checked_on: 2026-11-24
"""
HEAD = """\
trial.rule:
  label: {en: "A trial", zh: "试验"}
  unit: "days"
  effect: "None"
  values:
"""
"""Five lines; the first value's day stands on line 6."""


def value(
    day: str, number: int = 1, *, status: str = "in_force", instrument: str = "crr", grade: str = "READ-FULL"
) -> str:
    """One dated value, nine lines."""
    words = {"value": number, "status": status, "instrument": instrument, "grade": grade}
    return f"    {day}:\n" + VALUE.format(**words)


def law_with(trial: str, *, drafts: frozenset[str] = frozenset()) -> Law:
    """The packaged law with this text as `trial.yaml`."""
    return load_law(drafts=drafts, pack=read_pack("cn") | {"trial.yaml": trial})
