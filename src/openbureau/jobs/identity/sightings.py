"""Keep what each furnisher says of who a subject is, whenever it says something new.

Name, telephone, birth date and region, sealed under the person's key: what the detector of mixed files looks at.  Promises:
what a furnisher said before adds nothing; the same file twice changes nothing.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime

from openbureau.core.credit_file import month_number
from openbureau.core.furnishing.values import SubjectUpdate
from openbureau.jobs.context import Bureau
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.furnishing import Progress
from openbureau.store.identity import add_seen, latest_seen, wrapped_keys
from openbureau.store.sealing import blind, seal


@dataclass(slots=True)
class Sightings:
    """What one batch of one furnisher says."""

    bureau: Bureau
    connection: Connection
    held: Progress
    _rows: list[tuple[str, bytes, datetime, bytes | None]] = field(default_factory=list)

    def add(self, subject_id: str, update: SubjectUpdate, known: tuple[datetime, bool]) -> None:
        """One record; of a subject that is new with it the words stand in the subject's own row."""
        at, is_new = known
        words = [update.name, update.phone, update.born_on.isoformat() if update.born_on else None, update.region]
        content = json.dumps(words, ensure_ascii=False).encode()
        mark = blind(self.bureau.keys.key("index"), "seen", subject_id, self.held.member_id, content.decode())
        self._rows.append((subject_id, mark, at, None if is_new else content))

    def save(self, fresh_keys: dict[str, bytes]) -> None:
        """Keep what differs from what this furnisher last said; `fresh_keys` are of subjects made in this batch."""
        ids = list({row[0] for row in self._rows})
        last = latest_seen(self.connection, self.held.member_id, ids)
        new = [row for row in self._rows if last.get(row[0]) != row[1]]
        need = [row[0] for row in new if row[3] is not None and row[0] not in fresh_keys]
        keys = fresh_keys | (wrapped_keys(self.connection, list(set(need))) if need else {})
        month = month_number(civil_day(self.held.received_at))
        add_seen(
            self.connection,
            [
                (one, self.held.member_id, month, mark, at, self._seal(one, (mark, said), keys))
                for one, mark, at, said in new
            ],
        )

    def _seal(self, subject_id: str, said: tuple[bytes, bytes | None], keys: dict[str, bytes]) -> bytes | None:
        mark, content = said
        if content is None:
            return None
        key = self.bureau.data_key(keys[subject_id], f"subject/{subject_id}")
        return seal(key, content, place=f"seen/{subject_id}/{mark.hex()}", random=self.bureau.random)
