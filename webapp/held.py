"""What was typed when a session ended in the middle of a form: sealed, handed back, given again to the same person.

The application keeps nothing. A form page carries a token that says for whom it was made; when such a page is sent and
nobody is signed in any more, its fields go, encrypted, into a hidden input of the sign-in page. After the sign-in of
the same person they are decrypted and the page is shown as it was typed, not yet saved. Nobody else can open them: a
page made elsewhere has no token of the person, so a foreign site cannot plant a form.
"""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import MultiDict

CSRF, HOLDER, RESTORED, HELD = "csrf_token", "page_holder", "restored", "held"
NEVER_KEPT = frozenset({CSRF, HOLDER, RESTORED, HELD, "password"})
KEPT_FOR = timedelta(hours=1)
MOST_BYTES = 2 * 1024 * 1024  # of the decompressed fields


@dataclass(frozen=True)
class Held:
    """A form that was typed: where it was sent to, the page it stood on, its fields in order."""

    path: str
    page: str
    fields: tuple[tuple[str, str], ...]

    @property
    def is_shown_again(self) -> bool:
        """Whether the address that it was sent to can show it; a mere button is pressed again on its page."""
        return self.path == self.page.partition("?")[0]


class HeldForms:
    """Tokens of pages and sealed forms, under keys made from the application's secret."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(SHA256(), length=32, salt=None, info=b"huishen held forms").derive(secret)
        self._cipher = AESGCM(key)
        self._signer = URLSafeSerializer(secret, salt="huishen page holder")

    def token(self, person_id: str, page: str) -> str:
        """For a hidden input of every form of this page."""
        return str(self._signer.dumps([person_id, page]))

    def holder(self, token: str) -> tuple[str, str] | None:
        """(person, page) of a token; none where it is not ours."""
        try:
            person_id, page = self._signer.loads(token)
        except (BadData, TypeError, ValueError):
            return None
        return person_id, page

    def seal(self, path: str, form: MultiDict[str, str], now: datetime) -> str:
        """The fields of a form as text for a hidden input; empty where the form is not of a person's page."""
        found = self.holder(form.get(HOLDER, ""))
        if found is None:
            return ""
        fields = [[key, text] for key, text in form.items(multi=True) if key not in NEVER_KEPT]
        body = json.dumps([now.timestamp(), path, found[1], fields]).encode()
        nonce = token_bytes(12)
        sealed = nonce + self._cipher.encrypt(nonce, zlib.compress(body), found[0].encode())
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, text: str, person_id: str, now: datetime) -> Held | None:
        """What was sealed, for the person whose page it was and while it is fresh."""
        try:
            data = base64.urlsafe_b64decode(text.encode())
            packed = self._cipher.decrypt(data[:12], data[12:], person_id.encode())
            at, path, page, fields = json.loads(zlib.decompressobj().decompress(packed, MOST_BYTES))
        except (InvalidTag, binascii.Error, ValueError, zlib.error):
            return None
        age = now.timestamp() - at
        if not 0 <= age <= KEPT_FOR.total_seconds():
            return None
        return Held(path, page, tuple((key, value) for key, value in fields))


def held_forms() -> HeldForms:
    """Those of the application."""
    return cast(HeldForms, current_app.extensions["held_forms"])


def is_restored() -> bool:
    """Whether this form comes back after a new sign-in: to be shown as it was typed, not to be acted upon."""
    return request.method == "POST" and RESTORED in request.form
