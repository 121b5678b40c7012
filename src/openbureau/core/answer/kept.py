"""How is an answer kept so that it proves itself, for years and without the bureau?

One JSON file: what was delivered byte for byte, what the bureau signed of it, the proof of its place in the log once there is
one, and the papers from which trust was taken.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from openbureau.core.answer.receipt import ReceiptRefused

FORMAT = "openbureau/kept-answer/1"


class KeptReceipt(msgspec.Struct, frozen=True):
    """A receipt as it was delivered."""

    inquiry_id: str
    entry: str
    opening: dict[str, Any]
    promise: dict[str, str]


class _Body(msgspec.Struct):
    receipt: KeptReceipt
    answer: msgspec.Raw = msgspec.Raw(b"")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: Literal["openbureau/kept-answer/1"]
    delivered: str
    signed: dict[str, str] | None = None
    proof: str | None = None
    policy: str | None = None
    act: dict[str, Any] | None = None
    label: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept answer, read and not judged.  `answer` None for a refusal; `label` only in a person's own paper."""

    body: bytes
    answer: bytes | None
    receipt: KeptReceipt
    signed: Mapping[str, str] | None
    proof: str | None
    policy: str | None
    act: Mapping[str, Any] | None
    label: Mapping[str, str] | None


def kept_answer(
    body: bytes, signed: Mapping[str, str] | None, *, proof: str | None, policy: str, act: Mapping[str, Any] | None
) -> bytes:
    """The file of an answer, by what was delivered."""
    told = {
        "format": FORMAT,
        "delivered": body.decode("utf-8"),
        "signed": dict(signed) if signed else None,
        "proof": proof,
        "policy": policy or None,
        "act": dict(act) if act else None,
    }
    return (
        json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False) + "\n"
    ).encode()


def read_kept(content: bytes) -> Kept:
    """Read the file; `ReceiptRefused` where it is none."""
    try:
        told = msgspec.json.decode(content, type=_File)
        body = told.delivered.encode("utf-8")
        found = msgspec.json.decode(body, type=_Body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as trouble:
        raise ReceiptRefused(f"this is no kept answer: {type(trouble).__name__}", "不是保存的答复文件") from None
    answer = bytes(found.answer) or None
    return Kept(body, answer, found.receipt, told.signed, told.proof, told.policy, told.act, told.label)
