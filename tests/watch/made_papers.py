"""Papers in hand for tests: a kept answer of a made log, with its proof, honest or not."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from openbureau.core.leaf import Leaf
from openbureau.core.sign_in.message import body_digest
from openbureau.tlog.canonical import canonical
from openbureau.tlog.checkpoint import Checkpoint, sign_checkpoint
from openbureau.tlog.merkle import Tree, leaf_hash, prove_inclusion
from openbureau.tlog.policy import render_policy
from openbureau.tlog.proof import render_proof
from openbureau.tlog.strict import render_base64
from watch.cheating import told
from watch.made_log import ORIGIN, MadeLog, Person, receipt, seed, signer

Change = Callable[[dict[str, Any]], None]


def proof_of(made: MadeLog, index: int) -> str:
    """The proof of an entry under a checkpoint over all of a made log."""
    tree = Tree()
    tree.append([leaf_hash(entry) for entry in made.entries])
    head = sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), made.key, seed("log"))
    return render_proof(index, prove_inclusion(tree.read, index, tree.size), head.encode())


def policy_of(made: MadeLog) -> str:
    """The policy file of a made log."""
    return render_policy(made.key, hashlib.sha256(canonical(made.act)).digest())


def signed(body: bytes, *, key: str = "response") -> dict[str, str]:
    """What the bureau signed of a delivered body."""
    base = (
        f'"@status": 200\n"content-digest": {body_digest(body)}\n"@method";req: POST\n'
        '"@target-uri";req: https://made.example/v1/inquiries\n'
        '"@signature-params": ("@status" "content-digest" "@method";req "@target-uri";req);created=1;keyid="k";'
        'tag="fapi-2-response"'
    )
    return {"base": base, "signature": render_base64(signer(key).sign(base.encode()))}


@dataclass
class Held:
    """A made log with one answer in hand, before it is kept."""

    made: MadeLog
    person: Person
    leaf: Leaf
    index: int
    answer: bytes
    receipt: dict[str, Any]


def answered(change: Change | None = None, **more: Any) -> Held:
    """The story, and one more answer in hand; `change` alters the answer before it is logged."""
    made, held = told()
    leaf = made.report(held["one"], "bank-one", held["consent"], name="q9", change=change, **more)
    content, told_receipt = made.reports["q9"]
    return Held(made, held["one"], leaf, len(made.entries) - 1, content, told_receipt)


def refused() -> Held:
    """The story, and a refusal in hand."""
    made, held = told()
    leaf = made.refuse(held["one"], "bank-one", product="report")
    return Held(
        made, held["one"], leaf, len(made.entries) - 1, b"", receipt("q9", leaf, made.at + timedelta(seconds=60))
    )


def kept(
    held: Held, *, with_proof: bool = True, change: Change = lambda _: None, after: Change = lambda _: None
) -> bytes:
    """The file of an answer; `change` alters what is delivered before it is signed, `after` the file."""
    body: dict[str, Any] = {"inquiry_id": "q9", "receipt": held.receipt}
    if held.answer:
        body["answer"] = json.loads(held.answer)
    change(body)
    delivered = canonical(body)
    told_file = {
        "format": "openbureau/kept-answer/1",
        "delivered": delivered.decode(),
        "signed": signed(delivered),
        "proof": proof_of(held.made, held.index) if with_proof else None,
        "policy": policy_of(held.made),
        "act": held.made.act,
    }
    after(told_file)
    return json.dumps(told_file).encode()
