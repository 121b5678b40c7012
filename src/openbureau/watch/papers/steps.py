"""How is a paper judged?  Step by step; each keeps one promise, and rests only on what earlier ones proved.

Promises: no bytes make a step raise; what is malformed breaks the promise it belongs to; any step can be left out without
changing what the others find.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature

from openbureau.core.act import ActRefused
from openbureau.core.answer.receipt import ReceiptRefused, Trust, open_trust
from openbureau.tlog.canonical import NotCanonical
from openbureau.tlog.commitment import OpeningRefused
from openbureau.tlog.merkle import ProofRefused
from openbureau.tlog.note import NoteRefused
from openbureau.tlog.strict import Malformed
from openbureau.watch.export import Export, parse_object
from openbureau.watch.verdict import Check, Evidence, Tally, Trouble, Verdict, status_of

Step = Callable[[Tally], None]
_REFUSALS = (Malformed, NoteRefused, ProofRefused, OpeningRefused, ActRefused, NotCanonical, InvalidSignature)
_SHAPES = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
OWN_POLICY = Evidence(
    "policy",
    "the paper's own policy was used: it vouches for itself. Keep your own and pass it with --policy",
    "使用了文件自带的信任策略，它只能自证。请保存自己的一份并用 --policy 指定",
)
YOUR_POLICY = Evidence("policy", "your own copy was used", "使用了您自己的策略文件")


def judged(
    steps: Iterable[tuple[str, Step]], promises: Mapping[str, tuple[str, str]], *, without: frozenset[str] = frozenset()
) -> tuple[Check, ...]:
    """Every step as a check, in order; `without` names steps to leave out."""
    return tuple(_made(name, step, promises[name]) for name, step in steps if name not in without)


def _made(name: str, step: Step, promise: tuple[str, str]) -> Check:
    tally = Tally()
    tally.count = 1
    try:
        step(tally)
    except Trouble as trouble:
        tally.trouble(trouble)
    except ReceiptRefused as trouble:
        tally.wrong(name, trouble.en, trouble.zh)
    except _REFUSALS as trouble:
        tally.wrong(name, str(trouble) or "a signature does not stand", "不成立")
    except _SHAPES as trouble:
        tally.wrong(name, f"is malformed ({type(trouble).__name__})", "格式不正确")
    english, chinese = promise
    return tally.check(name, {"en": english, "zh": chinese})


def unreadable(place: str, trouble: Exception, *, what: tuple[str, str]) -> Verdict:
    """The verdict on a file that is not such a paper at all: `cannot-tell`, for it proves nothing against anybody."""
    zh = trouble.zh if isinstance(trouble, ReceiptRefused) else "无法读取"
    evidence = Evidence(place, str(trouble) or type(trouble).__name__, zh)
    check = Check("form", None, {"en": f"The file is {what[0]}.", "zh": f"该文件是{what[1]}。"}, (evidence,), 1)
    return Verdict(status_of((check,)), (check,))


def trust_from(
    told_policy: str | None, told_act: Any, *, policy: str | None, act: Any = None
) -> tuple[Trust, Evidence]:  # fmt: skip
    """Whom to trust: a policy from elsewhere when given, else the paper's own, and a note that says which.

    The act may be the paper's own in either case: the policy pins it by its hash.
    """
    text = policy if policy is not None else told_policy
    used = act if act is not None else told_act
    if text is None or used is None:
        raise Trouble(
            "policy", "there is none in the paper; give one with --policy (and --act)",
            "文件中没有信任策略或创立文件，请用 --policy 和 --act 指定", is_missing=True,
        )  # fmt: skip
    return open_trust(text, used), YOUR_POLICY if policy is not None else OWN_POLICY


def read_act(path: Path) -> dict[str, Any]:
    """A founding act from its file."""
    return parse_object(path.name, Export(path.parent).read(path.name))


def told(
    checks: tuple[Check, ...], notes: Iterable[Evidence] = (), exhibits: Mapping[str, str] | None = None, *,
    head: tuple[str, int, str] = ("", 0, ""),
) -> Verdict:  # fmt: skip
    """The verdict that checks come to."""
    return Verdict(status_of(checks), checks, *head, notes=tuple(notes), exhibits=tuple((exhibits or {}).items()))
