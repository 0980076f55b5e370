"""Passwords at rest: Argon2id, with its cost in one place."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import Invalid

# RFC 9106 §4, second choice: 64 MiB, three passes; some 60 ms on the machines this runs on.
STANDARD = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
SHORTEST = 8


def hash_password(password: str, hasher: PasswordHasher = STANDARD) -> str:
    """`Invalid` with `identity.password-short` under eight characters."""
    if len(password) < SHORTEST:
        raise Invalid(f"口令至少 {SHORTEST} 位，请换一个更长的。", code="identity.password-short", shortest=SHORTEST)
    return hasher.hash(password)


def matches(stored: str | None, password: str, hasher: PasswordHasher = STANDARD) -> bool:
    """Whether a password is the stored one. For nobody's hash it takes as long, and is False."""
    try:
        return hasher.verify(stored or _nobody(hasher), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str, hasher: PasswordHasher = STANDARD) -> bool:
    """Whether the hash was made at another cost than today's."""
    return hasher.check_needs_rehash(stored)


@cache
def _nobody(hasher: PasswordHasher) -> str:
    """A hash that an unknown login is checked against, so that time does not tell which logins exist."""
    return hasher.hash("nobody")
