"""The demonstration: invented organisations, posts and people of an invented province, and the keys they sign with."""

from engine.demonstration.accounts import account_lines, read_accounts
from engine.demonstration.people import ORGANISATIONS, PEOPLE
from engine.demonstration.setup import prepare

__all__ = ["ORGANISATIONS", "PEOPLE", "account_lines", "prepare", "read_accounts"]
