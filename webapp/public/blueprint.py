"""The blueprint of the pages for everybody."""

from flask import Blueprint

pages = Blueprint("public", __name__)
