"""The web application: pages for applicants and reviewers over the engine's commands and queries."""

from webapp.application import create_app

__all__ = ["create_app"]
