"""The blueprint of the pages about notices."""

from flask import Blueprint

pages = Blueprint("notices", __name__, url_prefix="/notices")
