"""The record of who did what: hash chains, signed checkpoints, verification."""

from engine.audit.chain import INSTALLATION, Head, digest, fingerprint_of, link, record
from engine.audit.checkpoints import checkpoint
from engine.audit.keys import FileSigner, Signer, Trust, open_signer, open_trust
from engine.audit.replay import Difference, replay
from engine.audit.verify import Fault, verify

__all__ = [
    "INSTALLATION",
    "Difference",
    "Fault",
    "FileSigner",
    "Head",
    "Signer",
    "Trust",
    "checkpoint",
    "digest",
    "fingerprint_of",
    "link",
    "open_signer",
    "open_trust",
    "record",
    "replay",
    "verify",
]
