"""The blueprint of the applicants' pages."""

from flask import Blueprint

pages = Blueprint("portal", __name__, url_prefix="/portal")
