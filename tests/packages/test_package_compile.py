"""A compiled package is what running needs, by the names of docs/architecture.md."""

import pytest

from engine import packages
from engine.packages import PackageProblems
from engine.packages.recent import Recent
from tests.packages.small_package import FILES, VOCABULARY, small


def test_a_compiled_package_has_everything_by_its_own_name():
    compiled = packages.compile(small())
    assert (compiled.key, compiled.title, compiled.hash) == ("small", "小流程", small().hash)
    assert compiled.definition.process_id == "small"
    assert set(compiled.forms) == {"apply", "accept", "check", "decide", "sign", "close"}
    assert set(compiled.decisions) == {"DT-1", "DT-2"}
    assert {kind: template.form for kind, template in compiled.documents.items()} == {
        "N1": "notice",
        "L1": "letter",
        "S1": "slip",
    }
    assert compiled.scenarios == {name: text.encode() for name, text in FILES.items() if name.startswith("scenarios/")}
    assert compiled.readme == "# 小流程\n"


FORM = '<zeebe:formDefinition formId="sign" />'
TICK = '<zeebe:property name="confirm" value="已核对文书内容，同意签发" />'
DUTY = '<zeebe:property name="duty" value="sign" />'


def confirming(tick: str = TICK, *, drop: tuple[str, ...] = ("forms/sign.form",), form: str = ""):
    return small(("process.bpmn", FORM, form), ("process.bpmn", DUTY, tick + DUTY), drop=drop)


def test_a_task_that_only_confirms_has_a_form_of_one_box_without_a_file():
    assert packages.check(confirming(), VOCABULARY) == []
    compiled = packages.compile(confirming())
    schema = compiled.forms[compiled.definition.nodes["Task_sign"].form_id or ""]
    (box,) = schema.top
    assert (box.key, box.type, box.label, box.required) == ("confirmed", "checkbox", "已核对文书内容，同意签发", True)


@pytest.mark.parametrize("sentence", ["", "=1", "核" * 61])
def test_what_is_confirmed_is_one_sentence(sentence):
    broken = confirming(TICK.replace("已核对文书内容，同意签发", sentence))
    found = {(one.element, one.code) for one in packages.check(broken, VOCABULARY)}
    assert ("Task_sign", "package.property-value") in found


def test_a_form_and_a_confirmation_are_one_too_many():
    found = {(one.element, one.code) for one in packages.check(confirming(form=FORM, drop=()), VOCABULARY)}
    assert found == {("Task_sign", "package.property-value")}


def test_everything_that_keeps_a_package_from_running_is_told_at_once():
    package = small(
        ("forms/sign.form", "{", "["),
        ("package.toml", 'title = "小流程"', ""),
        ("decisions/DT-1.dmn", "&gt; parameters.oldest", "&gt; &gt; 70"),
        ("documents/N1.html", "{{ promise.working_days }}", "{{ days }}"),
        ("process.bpmn", ' default="Gw-Issue"', ""),
        drop=("documents/S1.html",),
    )
    with pytest.raises(PackageProblems) as caught:
        packages.compile(package)
    assert [(one.file, one.code) for one in caught.value.findings] == [
        ("decisions/DT-1.dmn", "feel.syntax"),
        ("documents/N1.html", "template.undeclared-variable"),
        ("forms/sign.form", "form.json"),
        ("package.toml", "package.no-template"),
        ("package.toml", "manifest.missing"),
        ("process.bpmn", "workflow.no-default"),
        ("process.bpmn", "workflow.no-condition"),
    ]
    assert "forms/sign.form: " in caught.value.message


def test_what_was_used_last_is_kept():
    recent = Recent[str](2)
    recent.put("a", "first")
    recent.put("b", "second")
    assert recent.get("a") == "first"
    recent.put("c", "third")
    assert recent.get("b") is None
    assert (recent.get("a"), recent.get("c")) == ("first", "third")
    assert recent.put("a", "made again by another thread") == "first"
