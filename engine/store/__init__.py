"""Where an installation remembers: tables, transactions, migrations, encrypted fields, files, canonical values."""

from engine.store.cipher import Cipher, open_cipher, write_secret
from engine.store.database import Transaction, migrate, open_database, reading, writing
from engine.store.files import Files
from engine.store.gathering import Gathering, Part
from engine.store.identifiers import new_id
from engine.store.upserts import insert_into, insert_together, inserting, upsert

__all__ = [
    "Cipher",
    "Files",
    "Gathering",
    "Part",
    "Transaction",
    "insert_into",
    "insert_together",
    "inserting",
    "migrate",
    "new_id",
    "open_cipher",
    "open_database",
    "reading",
    "upsert",
    "write_secret",
    "writing",
]
