"""What does a running bureau show of the log?  Fetched through `watch/wire.py`, and judged like everything else."""

from openbureau.core.answer.kept import read_kept
from openbureau.core.answer.receipt import ReceiptRefused
from openbureau.watch.verdict import Trouble
from openbureau.watch.wire import fetch

LARGEST_PROOF = 1 << 20


def proof_at(url: str, content: bytes) -> str | None:
    """The proof of a kept answer's entry as a bureau shows it now; None where it shows none or does not answer."""
    try:
        leaf = bytes.fromhex(read_kept(content).receipt.promise.get("leaf", "")).hex()
        return fetch(f"{url.rstrip('/')}/v1/proofs/{leaf}", most=LARGEST_PROOF).decode("utf-8")
    except (Trouble, ReceiptRefused, ValueError):
        return None
