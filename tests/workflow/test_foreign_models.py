"""Diagrams of other tools: accepted or refused by the elements in them, never by an error of Python.

The folder is named by HUISHEN_BPMN_MIWG: the reference models of the BPMN Model Interchange Working Group, or any other.
"""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.packages import check_diagram

from .test_damaged_diagrams import DAMAGE, damage
from .test_random_diagrams import FEW

FOLDER = os.environ.get("HUISHEN_BPMN_MIWG")
MODELS = sorted(Path(FOLDER).rglob("*.bpmn")) if FOLDER else []
needs_models = pytest.mark.skipif(not MODELS, reason="HUISHEN_BPMN_MIWG names no folder with .bpmn files")


def judged(data, file):
    findings = check_diagram(data, file)
    known = {element.get("id") for element in etree.fromstring(data).iter() if element.get("id")}
    for finding in findings:
        assert finding.code.startswith(("workflow.", "package.unexplored")), finding
        assert finding.element in {*known, "", "definitions", "process"} or finding.code == "workflow.bad-id", finding
        assert "请" in finding.message or "须" in finding.message, finding


@needs_models
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_a_foreign_model_is_accepted_or_refused_by_named_elements(path):
    judged(path.read_bytes(), path.name)


@needs_models
@settings(max_examples=100, **FEW)
@given(st.integers(0, 999), DAMAGE)
def test_a_damaged_foreign_model_is_accepted_or_refused_too(number, blows):
    path = MODELS[number % len(MODELS)]
    for finding in check_diagram(damage(path.read_bytes(), blows), path.name):
        assert finding.code.startswith(("workflow.", "package.unexplored")), finding
