"""Files by their content: a name is the SHA-256 of the bytes, so nothing is stored twice or changed unseen."""

import hashlib
import os
from pathlib import Path

from engine.errors import NotFound


class Files:
    """A folder of immutable blobs. A write is durable before its name is given out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        target = self.path(digest)
        if not target.exists() or target.read_bytes() != data:  # a damaged one is mended
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = target.with_name(f"{digest}.{os.getpid()}.{os.urandom(4).hex()}.new")
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            _sync_folder(target.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """`NotFound` where the blob is missing, or no longer what its name says."""
        path = self.path(digest)
        data = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(data).hexdigest() != digest:
            raise NotFound("文件缺失或已被改动，请从备份恢复。", code="file.missing", sha256=digest)
        return data

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
