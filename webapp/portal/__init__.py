"""Pages of applicants: start, fill in one thing a page, check, submit, follow, supplement, withdraw."""

from webapp.portal import answering, applications, cases, printing, submitting
from webapp.portal.blueprint import pages

__all__ = ["answering", "applications", "cases", "pages", "printing", "submitting"]
