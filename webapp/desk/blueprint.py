"""The blueprint of the reviewers' pages."""

from flask import Blueprint

pages = Blueprint("desk", __name__, url_prefix="/desk")
