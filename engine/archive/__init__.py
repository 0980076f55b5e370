"""The archive bundle (归档包) of a case: everything that it left, in a form that outlives this system."""

from engine.archive.bundle import make_bundle
from engine.archive.checks import Check, check_bundle

__all__ = ["Check", "check_bundle", "make_bundle"]
