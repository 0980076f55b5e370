"""Before a case closes: its bundle is made and must pass the four checks; the case hears how that went."""

from typing import Any

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from engine import cases, jobs, store
from engine.archive.bundle import make_bundle
from engine.archive.checks import check_bundle
from engine.errors import Conflict, HuishenError
from engine.installation import Installation

MOST_SAID = 20  # faults that a case is told
log = structlog.get_logger()


def archive_case(installation: Installation, payload: dict[str, Any], done: jobs.Done) -> None:
    """Job: bundle, checks, and the message that the process waits for. Again without harm: nobody waits any more."""
    faults = _faults(installation, payload["number"])
    told = {"passed": not faults, "faults": faults[:MOST_SAID]}
    try:
        cases.receive_message(installation, payload["case"], payload["message"], {"archive": told})
    except Conflict as error:
        log.info("archive.not-waited-for", case=payload["case"], code=error.code)
    with store.writing(installation.database) as transaction:
        done(transaction)


def _faults(installation: Installation, number: str) -> list[str]:
    root = x509.load_der_x509_certificate(installation.vault.root()).public_bytes(Encoding.PEM)
    try:
        checks = check_bundle(make_bundle(installation, number, closing=True), root)
    except HuishenError as error:
        return [error.message]
    return [f"{check.name}：{fault}" for check in checks for fault in check.faults]


HANDLERS: jobs.Handlers = {**cases.HANDLERS, "archive-case": archive_case}  # every job of the application
