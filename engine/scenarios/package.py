"""All scenarios of a package, one after another."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from engine import packages
from engine.errors import Invalid
from engine.packages import Package
from engine.scenarios.coverage import Plan
from engine.scenarios.reader import read_all
from engine.scenarios.report import Report
from engine.scenarios.runner import Runner
from engine.scenarios.world import world


def run_package(
    folder: Path | str, *, only: Collection[str] = (), render: bool = False, fonts: Path | None = None
) -> Report:
    """Run the scenarios of a package's folder, with the register `clauses.toml` beside it where there is one.

    `only` are ids of scenarios; `render` also renders, signs and seals every document, with the fonts of the folder
    `fonts` (else HUISHEN_FONTS, else instance/fonts). Raises `PackageProblems`,
    `ScenarioProblems`, and `Invalid` (`scenario.unknown`) for an id that no file has.
    """
    root = Path(folder)
    register = root.resolve().parent / "clauses.toml"
    clauses = register.read_bytes() if register.exists() else None
    package = packages.load_folder(root)
    others = packages.called_by(package, packages.beside(root))
    return run(package, clauses, others=others, only=only, render=render, fonts=fonts)


def package_folders(folder: Path) -> list[Path]:
    """The packages that lie in a folder, by name; `Invalid` where there are none."""
    found = sorted(path.parent for path in folder.glob("*/package.toml"))
    if not found:
        raise Invalid(f"{folder} 下没有流程包（含 package.toml 的目录），请核对路径。", code="scenario.no-package")
    return found


def run(
    package: Package,
    clauses: bytes | None = None,
    *,
    others: Sequence[Package] = (),
    only: Collection[str] = (),
    render: bool = False,
    fonts: Path | None = None,
) -> Report:
    """Run the scenarios of a package that is already in memory; `others` are those that it calls."""
    scenarios = read_all(package.files)
    if unknown := sorted(set(only) - {scenario.id for scenario in scenarios}):
        known = "、".join(scenario.id for scenario in scenarios)
        raise Invalid(f"没有场景 {'、'.join(unknown)}；现有：{known}。", code="scenario.unknown", unknown=unknown)
    chosen = [scenario for scenario in scenarios if not only or scenario.id in only]
    outcomes = []
    with world(package, clauses, chosen, (fonts or default_fonts()) if render else None, others) as made:
        plan = Plan.of(made.compiled, package)
        for scenario in chosen:
            with made.copy(scenario) as installation:
                outcomes.append(Runner(installation, made.compiled, plan, scenario, render).run())
        return Report(tuple(outcomes), plan, partial=bool(only))


def default_fonts() -> Path:
    """Where an installation beside this source has its fonts."""
    return Path(os.environ.get("HUISHEN_FONTS") or Path(__file__).parents[2] / "instance" / "fonts")
