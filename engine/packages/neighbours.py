"""The packages that a package lies beside: what they offer to it."""

from collections.abc import Iterable
from pathlib import Path

from engine.packages.interface import Interface, in_order
from engine.packages.parts import read_parts
from engine.packages.problem import PackageProblems
from engine.packages.source import MANIFEST, Package, load_folder

MANY = 1_000_000


def interface_of(package: Package) -> Interface | None:
    """None where the manifest cannot be read, or has no key."""
    parts = read_parts(package)
    if parts.manifest is None or not parts.manifest.key:
        return None
    return Interface.of(parts.manifest, parts.drawing.nodes if parts.drawing else {})


def callees_first(packages: Iterable[Package]) -> list[Package]:
    """In an order in which whatever is called comes before those who call it; what cannot be read comes last."""
    read = [(interface_of(package), package) for package in packages]
    places = {key: place for place, key in enumerate(in_order(one for one, _ in read if one is not None))}
    return [one for _, one in sorted(read, key=lambda pair: places.get(pair[0].key, MANY) if pair[0] else MANY)]


def called_by(package: Package, around: Iterable[Package]) -> list[Package]:
    """Of the packages around those that this one calls, and that these call in turn."""
    known = {one.key: (one, other) for other in around if (one := interface_of(other)) is not None}
    first = interface_of(package)
    todo = list(first.calls) if first is not None else []
    found: dict[str, Package] = {}
    while todo:
        key = todo.pop()
        if key in known and key not in found:
            found[key] = known[key][1]
            todo += known[key][0].calls
    return list(found.values())


def beside(folder: Path) -> list[Package]:
    """The packages in the folder that holds this one, without it; those that cannot be read are left out."""
    found = []
    for manifest in sorted(folder.resolve().parent.glob(f"*/{MANIFEST}")):
        if manifest.parent != folder.resolve():
            try:
                found.append(load_folder(manifest.parent))
            except PackageProblems:
                continue
    return found
