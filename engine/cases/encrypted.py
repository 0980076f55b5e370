"""Whether what is encrypted still gives the text of its hash: for the verification of the record."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import Unavailable
from engine.installation import Installation


def readable(installation: Installation) -> Callable[[str, Mapping[str, Any]], bool]:
    """Asked of a row of `personal` or `objection`, with the name of its table."""

    def is_readable(table: str, row: Mapping[str, Any]) -> bool:
        if table == "personal":
            bound, kind, digest = f"{row['case_id']}:{row['hash']}", row["kind"], row["hash"]
        else:
            bound, kind, digest = f"objection:{row['id']}", "objection", row["digest"]
        try:
            text = installation.cipher.decrypt(row["key_id"], row["ciphertext"], bound)
        except Unavailable:
            return False
        return bool(installation.cipher.digest(kind, text) == digest)

    return is_readable
