"""Personal numbers at rest: AES-256-GCM per field with a key id, and a keyed hash beside it for look-up."""

import hashlib
import hmac
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import Unavailable


@dataclass(frozen=True)
class Cipher:
    """`keys` decrypt, the one named `current` encrypts; `hash_key` never rotates: equal numbers must stay equal."""

    keys: dict[str, bytes]
    current: str
    hash_key: bytes

    def digest(self, kind: str, text: str) -> str:
        return hmac.new(self.hash_key, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()

    def encrypt(self, text: str, bound_to: str) -> tuple[str, bytes]:
        """(key id, nonce and ciphertext). `bound_to` names the row, so that a field cannot be moved to another one."""
        nonce = os.urandom(12)
        return self.current, nonce + AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), bound_to.encode())

    def decrypt(self, key_id: str, data: bytes, bound_to: str) -> str:
        if key_id not in self.keys:
            raise Unavailable(
                f"缺少密钥 {key_id}，无法读取加密字段。请把它放回 keys/fields/ 目录。", code="store.key-missing"
            )
        try:
            return AESGCM(self.keys[key_id]).decrypt(data[:12], data[12:], bound_to.encode()).decode()
        except (InvalidTag, ValueError) as error:  # another row's, changed, or cut short
            message = "加密字段已损坏，或被移到了别的记录上，无法读取。请从备份恢复这条记录。"
            raise Unavailable(message, code="store.field-damaged", bound_to=bound_to) from error


def open_cipher(folder: Path) -> Cipher:
    """The keys of a folder (`hash.key`, `<id>.key`), made at first use, readable by the owner only.

    They are made in a folder beside it that then takes its place, so that one that lacks a key has lost it, which is
    `Unavailable`: fresh keys would not read what the lost ones wrote.
    """
    if not folder.exists() or not any(folder.iterdir()):
        _make_keys(folder)
    keys = {path.stem: path.read_bytes() for path in sorted(folder.glob("k*.key"))}
    if not keys or not (folder / "hash.key").exists():
        message = f"{folder} 中缺少字段密钥（hash.key 和 k1.key 等）。请从备份恢复，不要重新生成。"
        raise Unavailable(message, code="store.key-missing", folder=str(folder))
    newest = max(keys, key=lambda name: int(name[1:]))
    return Cipher(keys, newest, (folder / "hash.key").read_bytes())


def _make_keys(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    write_secret(fresh / "hash.key", os.urandom(32))
    write_secret(fresh / "k1.key", os.urandom(32))
    try:
        fresh.replace(folder)
    except OSError:  # another process was first: its keys hold
        if not (folder / "hash.key").exists():
            raise
        shutil.rmtree(fresh)


def write_secret(path: Path, data: bytes) -> None:
    """A file that only its owner reads, never half written."""
    temporary = path.with_suffix(path.suffix + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
