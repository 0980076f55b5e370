"""Where an installation remembers: tables, transactions, migrations, encrypted fields, files, canonical values."""

from engine.store.cipher import Cipher, open_cipher, write_secret
from engine.store.database import Transaction, migrate, open_database, reading, writing
from engine.store.files import Files
from engine.store.identifiers import new_id

__all__ = [
    "Cipher",
    "Files",
    "Transaction",
    "migrate",
    "new_id",
    "open_cipher",
    "open_database",
    "reading",
    "write_secret",
    "writing",
]
