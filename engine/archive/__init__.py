"""The archive bundle (归档包) of a case: everything that it left, in a form that outlives this system."""

from engine.archive.bundle import make_bundle
from engine.archive.checks import Check, check_bundle
from engine.archive.closing import HANDLERS

__all__ = ["HANDLERS", "Check", "check_bundle", "make_bundle"]
