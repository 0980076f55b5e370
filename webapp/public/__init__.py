"""Pages for everybody: what can be applied for, and whether a document is genuine."""

from webapp.public import guide, verification
from webapp.public.blueprint import pages

__all__ = ["guide", "pages", "verification"]
