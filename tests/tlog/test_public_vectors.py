"""Does our reader of proofs say yes and no where the published vectors say so?"""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

from openbureau.tlog.merkle import ProofRefused, check_consistency, check_inclusion


def test_every_public_vector_is_judged_as_published(vectors_dir: Path) -> None:
    """98 inclusion and 98 consistency proofs of transparency-dev/merkle, each marked to accept or to refuse."""
    vectors = json.loads((vectors_dir / "merkle_proofs.json").read_text("utf-8"))
    judged = {("inclusion", name): _holds(_inclusion, one) for name, one in vectors["inclusion"].items()}
    judged |= {("consistency", name): _holds(_consistency, one) for name, one in vectors["consistency"].items()}
    assert len(judged) == 196
    assert {place for place, holds in judged.items() if holds == vectors[place[0]][place[1]]["wantErr"]} == set()


def _holds(check: Any, vector: dict[str, Any]) -> bool:
    try:
        check(vector)
    except ProofRefused:
        return False
    return True


def _inclusion(vector: dict[str, Any]) -> None:
    check_inclusion(
        b64decode(vector["leafHash"] or ""),
        index=vector["leafIdx"],
        size=vector["treeSize"],
        proof=[b64decode(text) for text in vector["proof"] or ()],
        root=b64decode(vector["root"] or ""),
    )


def _consistency(vector: dict[str, Any]) -> None:
    check_consistency(
        old=vector["size1"],
        old_root=b64decode(vector["root1"] or ""),
        new=vector["size2"],
        new_root=b64decode(vector["root2"] or ""),
        proof=[b64decode(text) for text in vector["proof"] or ()],
    )
