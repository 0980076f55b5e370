"""Process packages: read them safely, say everything that is wrong with them, compile them, keep their versions."""

from engine.packages.archive import load_zip, to_zip
from engine.packages.beginning import TITLE, begin
from engine.packages.checking import check, check_diagram
from engine.packages.compiled import CompiledPackage
from engine.packages.compiled import compile_package as compile
from engine.packages.grounds import Ground, grounds
from engine.packages.interface import Interface
from engine.packages.manifest import (
    APPROVED,
    AUTHORITIES,
    RESULTS,
    UNSIGNED,
    CallRule,
    DocumentRule,
    Level,
    Manifest,
    Parameter,
    PrintRule,
    Promise,
    Withdrawal,
    read_manifest,
)
from engine.packages.neighbours import beside, called_by, callees_first, interface_of
from engine.packages.problem import Finding, PackageProblems
from engine.packages.register import clauses_in_force, deploy_clauses, load_clauses
from engine.packages.source import LIMITS, Limits, Package, export, load_files, load_folder
from engine.packages.version import Deployed, deploy, in_force, load_package, load_version, version_named
from engine.packages.vocabulary import ActionSettings, Setting, Vocabulary, default_vocabulary

__all__ = [
    "APPROVED",
    "AUTHORITIES",
    "LIMITS",
    "RESULTS",
    "TITLE",
    "UNSIGNED",
    "ActionSettings",
    "CallRule",
    "CompiledPackage",
    "Deployed",
    "DocumentRule",
    "Finding",
    "Ground",
    "Interface",
    "Level",
    "Limits",
    "Manifest",
    "Package",
    "PackageProblems",
    "Parameter",
    "PrintRule",
    "Promise",
    "Setting",
    "Vocabulary",
    "Withdrawal",
    "begin",
    "beside",
    "called_by",
    "callees_first",
    "check",
    "check_diagram",
    "clauses_in_force",
    "compile",
    "default_vocabulary",
    "deploy",
    "deploy_clauses",
    "export",
    "grounds",
    "in_force",
    "interface_of",
    "load_clauses",
    "load_files",
    "load_folder",
    "load_package",
    "load_version",
    "load_zip",
    "read_manifest",
    "to_zip",
    "version_named",
]
