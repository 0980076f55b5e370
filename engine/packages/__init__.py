"""Process packages: read them safely, say everything that is wrong with them, compile them, keep their versions."""

from engine.packages.archive import load_zip, to_zip
from engine.packages.manifest import DocumentRule, Manifest, Parameter, Promise, Withdrawal, read_manifest
from engine.packages.problem import Finding, PackageProblems
from engine.packages.source import LIMITS, Limits, Package, export, load_files, load_folder

__all__ = [
    "LIMITS",
    "DocumentRule",
    "Finding",
    "Limits",
    "Manifest",
    "Package",
    "PackageProblems",
    "Parameter",
    "Promise",
    "Withdrawal",
    "export",
    "load_files",
    "load_folder",
    "load_zip",
    "read_manifest",
    "to_zip",
]
