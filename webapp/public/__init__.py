"""Pages for everybody: what can be applied for, what is made public, and whether a document is genuine."""

from webapp.public import guide, publicity, verification
from webapp.public.blueprint import pages

__all__ = ["guide", "pages", "publicity", "verification"]
