"""The form of an added reviewer: ours, the same in every package."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from engine import forms
from engine.packages import CompiledPackage

FORM = "added_review"


@cache
def _form() -> forms.FormSchema:
    path = Path(__file__).parent / "forms" / f"{FORM}.form"
    return forms.read(path.read_bytes(), path.name)


def form_of(package: CompiledPackage, form_id: str) -> forms.FormSchema:
    """The form of a task: the package's, or ours for a review."""
    return _form() if form_id == FORM else package.forms[form_id]


def forms_of(package: CompiledPackage) -> Mapping[str, forms.FormSchema]:
    """Every form that an entry of a case may have."""
    return {**package.forms, FORM: _form()}
