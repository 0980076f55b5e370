"""What a package says of its document templates in one place, so that none of their files says it again."""

from collections.abc import Mapping

from engine.documents import Head
from engine.packages.manifest import DocumentRule, Manifest, PrintRule

FORMS: Mapping[str, tuple[str, ...]] = {  # that a template may have by its signature; the first where it names none
    "two": ("letter", "document"),
    "minutes": ("minutes",),
    "notice": ("notice", "letter"),
    "slip": ("slip",),
    "sheet": ("sheet",),
}
# Names that stand in every template with their types; engine.cases gives them.
FACT_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("case", "organisation", "promise", "contact", "parameters", "document"), "context"),
    **dict.fromkeys(("items", "waiting"), "list"),
    "matter": "text",
}
PRINT_FACT_TYPES: Mapping[str, str] = {  # of printed forms alone
    **dict.fromkeys(("opinions", "served", "filed"), "list"),
    "filing": "context",
}


def heads(manifest: Manifest) -> dict[str, Head]:
    """By the file of the template; of two entries that name one file the first."""
    rules: list[tuple[DocumentRule | PrintRule, str, Mapping[str, str]]] = [
        *((rule, rule.signature, FACT_TYPES) for rule in manifest.documents.values()),
        *((rule, "sheet", {**FACT_TYPES, **PRINT_FACT_TYPES}) for rule in manifest.prints.values()),
    ]
    found: dict[str, Head] = {}
    for rule, signature, facts in rules:
        form = FORMS.get(signature, ("",))[0]
        found.setdefault(rule.template, Head(rule.kind, form, rule.title, manifest.issuer, facts))
    return found
