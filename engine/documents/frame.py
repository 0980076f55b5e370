"""What issuing adds to a content: number, date, verification code, the decision in machine-readable form."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Frame:
    """What issuing adds to the content. `record` is the decision in machine-readable form, embedded as decision.json.

    `number` is the whole 发文字号 (屿社工函〔2026〕12号); `code` the verification code and `verify_url` the address of the
    page that checks it. All three are empty for a slip.
    """

    number: str
    date: date
    code: str = ""
    verify_url: str = ""
    record: dict[str, Any] = field(default_factory=dict)

    def decision(self) -> bytes:
        """decision.json: sorted keys, so that equal records have equal bytes."""
        return json.dumps(self.record, ensure_ascii=False, sort_keys=True, indent=1, default=_json).encode()

    def digest(self) -> str:
        """The first 16 digits of decision.json's SHA-256."""
        return hashlib.sha256(self.decision()).hexdigest()[:16]

    def scan(self) -> str:
        """What the QR code holds: the address, the code, and the decision's digest."""
        address = self.verify_url
        if self.code and self.code not in address:
            address += ("&" if "?" in address else "?") + f"code={self.code}"
        return address + ("&" if "?" in address else "?") + f"d={self.digest()}"


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"decision.json cannot hold {type(value).__name__}")
