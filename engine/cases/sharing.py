"""Files of a case that its package shows to the organisations that are consulted, each by its own key."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from engine import feel
from engine.identity import Actor
from engine.packages import CompiledPackage


def shared_fields(package: CompiledPackage, root: Mapping[str, Any], actor: Actor) -> frozenset[str]:
    """The attachment fields that an organisation of the actor may read; none where the package does not say so surely."""
    text = package.manifest.shared_files
    if not text:
        return frozenset()
    keys = {post.organisation_key for post in actor.posts if post.organisation_kind == "consulted"}
    return frozenset(field for key in keys for field in _fields(text, package, root, key))


def _fields(text: str, package: CompiledPackage, root: Mapping[str, Any], reader: str) -> Iterable[str]:
    names = {**root, "parameters": package.manifest.parameter_values, "reader": reader}
    try:
        found = _compiled(text).evaluate(names)
    except feel.FeelLimitError:
        return ()
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else ()


@lru_cache(maxsize=64)
def _compiled(text: str) -> feel.Expression:
    return feel.compile_expression(text[1:])
