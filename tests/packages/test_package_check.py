"""Each small broken package gives exactly the finding that it deserves, at the element where it is broken."""

from dataclasses import replace

import pytest

from engine import packages
from engine.packages import ActionSettings, Setting, Vocabulary, default_vocabulary
from tests.decisions.tables import table
from tests.packages.small_package import (
    DT1,
    FILES,
    LOOP,
    VOCABULARY,
    field,
    flow,
    form,
    person,
    service,
    small,
)

BPMN, TOML = "process.bpmn", "package.toml"


def found(package, vocabulary: Vocabulary = VOCABULARY) -> list[tuple[str, str, str]]:
    return [(finding.file, finding.element, finding.code) for finding in packages.check(package, vocabulary)]


def test_the_small_package_has_no_finding():
    assert packages.check(small(), VOCABULARY) == []


ALL_NAMES = '{{ items | 顿号("name") }}'
ACCEPTED = '{% for p in items | 取("result", "approved") %}{{ p.name }}{{ p.clause }}{% endfor %}'
DECISION = "source='=decision' target='accept_decision'"
BROKEN = [
    # --- who ---
    (
        BPMN,
        "candidateGroups='leader'",
        "candidateGroups='boss'",
        [(BPMN, "Task_sign", "package.unknown-post"), (TOML, "posts.leader", "package.unused-post")],
    ),
    (
        BPMN,
        '"checker@" + unit.org',
        '"tester@" + unit.org',
        [(BPMN, "Task_check", "package.unknown-post"), (TOML, "posts.checker", "package.unused-post")],
    ),
    (BPMN, '="checker@" + unit.org', "checker@nowhere", [(BPMN, "Task_check", "package.unknown-organisation")]),
    (BPMN, "candidateGroups='leader'", "candidateGroups='leader@court'", [(BPMN, "Task_sign", "package.post-holder")]),
    (
        BPMN,
        "<zeebe:assignmentDefinition candidateGroups='leader' />",
        "",
        [(BPMN, "Task_sign", "package.no-assignment"), (TOML, "posts.leader", "package.unused-post")],
    ),
    (
        TOML,
        'leader = "department"',
        'leader = "department"\nclerk = "department"',
        [(TOML, "posts.clerk", "package.post-not-installed"), (TOML, "posts.clerk", "package.unused-post")],
    ),
    # --- forms ---
    (
        BPMN,
        'formId="sign"',
        'formId="seal"',
        [(BPMN, "Task_sign", "package.unknown-form"), ("forms/sign.form", "sign", "package.unused-form")],
    ),
    (
        BPMN,
        '<zeebe:formDefinition formId="sign" />',
        "",
        [(BPMN, "Task_sign", "package.no-form"), ("forms/sign.form", "sign", "package.unused-form")],
    ),
    (BPMN, "source='=decision'", "source='=decisions'", [(BPMN, "Task_accept", "package.unknown-field")]),
    (
        "forms/accept.form",
        "=decision = null",
        "=decison = null",
        [("forms/accept.form", "f_note", "package.unwritten-variable")],
    ),
    (TOML, 'items = "people"', 'items = "persons"', [(TOML, "package.items", "package.unknown-field")]),
    (TOML, 'item_label = "name"', 'item_label = "title"', [(TOML, "package.item_label", "package.unknown-field")]),
    (TOML, 'submit = "Task_submit"', 'submit = "Task_apply"', [(TOML, "package.submit", "package.unknown-node")]),
    (
        TOML,
        'submit = "Task_submit"',
        'submit = "Task_sign"',
        [
            (BPMN, "Task_sign", "package.submit"),
            (TOML, "package.items", "package.unknown-field"),
            (TOML, "package.case_title", "package.unwritten-variable"),
        ],
    ),
    # --- decisions and clauses ---
    (
        BPMN,
        'decisionId="DT-2"',
        'decisionId="DT-9"',
        [("decisions/DT-2.dmn", "DT-2", "package.unused-decision"), (BPMN, "Choose", "package.unknown-decision")],
    ),
    (TOML, 'rules = ["DT-1"]', 'rules = ["DT-1", "DT-9"]', [(TOML, "package.rules", "package.unknown-decision")]),
    (
        TOML,
        'rules = ["DT-1"]',
        "",
        [("decisions/DT-1.dmn", "DT-1", "package.unused-decision"), (TOML, "package.rules", "package.action-needs")],
    ),
    ("decisions/DT-1.dmn", "XK-42", "XK-43", [("decisions/DT-1.dmn", "r1", "package.unknown-clause")]),
    ("decisions/DT-1.dmn", '"MZ166-4/XK-42"', '""', [("decisions/DT-1.dmn", "r1", "package.rule-clause")]),
    ("decisions/DT-1.dmn", '"超过任职年龄"', "null", [("decisions/DT-1.dmn", "r1", "package.rule-reason")]),
    ("decisions/DT-1.dmn", '"block"', '"blok"', [("decisions/DT-1.dmn", "r1", "package.rule-severity")]),
    (
        "decisions/DT-1.dmn",
        "candidate.age",
        "person.age",
        [("decisions/DT-1.dmn", "DT-1", "package.unwritten-variable")],
    ),
    (TOML, 'clause = "MZ166-4"', 'clause = "MZ167"', [(TOML, "parameters.oldest.clause", "package.unknown-clause")]),
    (TOML, 'clause = "XK-42"', 'clause = "XK-1"', [(TOML, "promise.clause", "package.unknown-clause")]),
    (
        TOML,
        "[posts]\n",
        '[[conditions]]\ntext = "已完成财务审计"\nclause = "MZ167"\n\n[posts]\n',
        [(TOML, "conditions.1.clause", "package.unknown-clause")],
    ),
    (
        BPMN,
        'name="duty" value="accept"',
        'name="preview" value="D77" /><zeebe:property name="duty" value="accept"',
        [(BPMN, "Task_accept", "package.unknown-document")],
    ),
    (
        BPMN,
        'name="duty" value="accept"',
        'name="assume" value="={}" /><zeebe:property name="duty" value="accept"',
        [(BPMN, "Task_accept", "package.property-value")],
    ),
    (
        BPMN,
        'name="duty" value="accept"',
        'name="outputsOf" value="Check" /><zeebe:property name="duty" value="accept"',
        [(BPMN, "Task_accept", "package.unknown-node")],
    ),
    (
        BPMN,
        'name="duty" value="accept"',
        'name="outputsOf" value="Task_accept" /><zeebe:property name="duty" value="accept"',
        [(BPMN, "Task_accept", "package.unknown-node")],
    ),
    (  # the outputs read fields that this form does not have
        BPMN,
        'name="duty" value="sign"',
        'name="outputsOf" value="Task_accept" /><zeebe:property name="duty" value="sign"',
        [(BPMN, "Task_sign", "package.unknown-field")],
    ),
    # --- documents ---
    (
        "documents/S1.html",
        'issuer = "中共南屿省委社会工作部"\n',
        "",
        [("documents/S1.html", "issuer", "package.no-issuer")],
    ),
    (
        TOML,
        '"documents/N1.html"',
        '"documents/N2.html"',
        [("documents/N1.html", "", "package.unused-template"), (TOML, "documents.N1.template", "package.no-template")],
    ),
    ("documents/N1.html", 'kind = "N1"', 'kind = "N2"', [("documents/N1.html", "kind", "package.template-kind")]),
    (
        TOML,
        'signature = "two"',
        'signature = "notice"',
        [(BPMN, "Draft", "package.document-signature")],
    ),
    (
        TOML,
        'signature = "two"',
        'signature = "minutes"',
        [("documents/L1.html", "form", "package.template-form")],
    ),
    (
        "documents/L1.html",
        'org_name = "text" }',
        'org_name = "text", age = "number" }',
        [("documents/L1.html", "age", "package.template-variable")],
    ),
    (
        BPMN,
        'name="document" value="N1"',
        'name="document" value="N9"',
        [(BPMN, "Issue", "package.unknown-document"), (TOML, "documents.N1", "package.unused-document")],
    ),
    (BPMN, 'name="when.L1"', 'name="when.L2"', [(BPMN, "Draft", "package.unknown-document")]),
    # --- actions ---
    (
        BPMN,
        'type="start-promise"',
        'type="begin-promise"',
        [(BPMN, "Promise", "package.unknown-action"), (TOML, "promise", "package.promise-not-started")],
    ),
    (BPMN, '<zeebe:property name="node" value="Task_check" />', "", [(BPMN, "Remind", "package.action-setting")]),
    (BPMN, 'name="node" value="Task_check"', 'name="node" value="Gw"', [(BPMN, "Remind", "package.unknown-node")]),
    (BPMN, "=for r in results return r", "results", [(BPMN, "Record", "package.action-setting")]),
    (
        BPMN,
        'name="document" value="S1"',
        'name="document" value="L1"',
        [(BPMN, "Remind", "package.document-signature"), (TOML, "documents.S1", "package.unused-document")],
    ),
    (
        BPMN,
        'name="document" value="S1"',
        'name="colour" value="red" /><zeebe:property name="document" value="S1"',
        [(BPMN, "Remind", "package.unknown-property")],
    ),
    (BPMN, "source='=findings'", "source='=finding'", [(BPMN, "Check", "package.unwritten-variable")]),
    # --- properties ---
    *(
        (
            BPMN,
            'name="state" value="deciding"',
            f'name="button" value="{text}"',
            [(BPMN, "Task_decide", "package.property-value")],
        )
        for text in ("", "=true", "提交处长的审核意见")
    ),
    (
        BPMN,
        'name="state" value="deciding"',
        'name="state" value="decided"',
        [(BPMN, "Task_decide", "package.property-value")],
    ),
    (
        BPMN,
        'name="duty" value="sign"',
        'name="duty" value=""',
        [(BPMN, "Task_sign", "package.property-value"), (TOML, "separation.exclusive", "package.unknown-duty")],
    ),
    (
        BPMN,
        'name="duty" value="accept"',
        'name="dutty" value="accept"',
        [(BPMN, "Task_accept", "package.unknown-property"), (TOML, "separation.exclusive", "package.unknown-duty")],
    ),
    (
        BPMN,
        'name="returnTo" value="Task_accept"',
        'name="returnTo" value="Task_accept, Gw"',
        [(BPMN, "Task_decide", "package.unknown-node")],
    ),
    (
        BPMN,
        'name="act" value="sign" /><zeebe:property name="proof" value="true"',
        'name="act" value="sign" /><zeebe:property name="proof" value="false"',
        [(BPMN, "Task_sign", "package.no-proof")],
    ),
    (
        BPMN,
        '<zeebe:property name="proof" value="true" /><zeebe:property name="withdrawable"',
        '<zeebe:property name="withdrawable"',
        [(BPMN, "Task_accept", "package.no-proof")],
    ),
    (BPMN, 'value="=termination"', 'value="terminatd"', [(BPMN, "Closed", "package.property-value")]),
    (BPMN, '<zeebe:property name="outcome" value="=termination" />', "", [(BPMN, "Closed", "package.no-outcome")]),
    (BPMN, 'name="act" value="seal"', 'name="act" value="serve"', [(BPMN, "Draft", "package.no-signing")]),
    # --- keys ---
    (
        "decisions/DT-1.dmn",
        "parameters.oldest",
        "parameters.old",
        [("decisions/DT-1.dmn", "r1", "package.unknown-key")],
    ),
    (
        "forms/accept.form",
        "=decision = null",
        "=case.numbr = null",
        [("forms/accept.form", "f_note", "package.unknown-key")],
    ),
    (
        "documents/N1.html",
        "case.organisation_name",
        "case.organisation_nam",
        [("documents/N1.html", "line 8", "package.unknown-key")],
    ),
    (
        "documents/N1.html",
        "promise.working_days",
        "promise.days",
        [("documents/N1.html", "line 8", "package.unknown-key")],
    ),
    (TOML, "=org_name +", "=parameters.name +", [(TOML, "package.case_title", "package.unknown-key")]),
    ("decisions/DT-1.dmn", "candidate.age", "candidate.aeg", [("decisions/DT-1.dmn", "i1", "package.unknown-key")]),
    (
        "decisions/DT-2.dmn",
        "org_name</text>",
        "some p in people satisfies p.nam = 1</text>",
        [("decisions/DT-2.dmn", "i2", "package.unknown-key")],
    ),
    ("decisions/DT-2.dmn", "org_name</text>", "count(for p in people[age > 1] return p.name + p.key)</text>", []),
    (
        "decisions/DT-2.dmn",
        "org_name</text>",
        "people.aeg</text>",
        [("decisions/DT-2.dmn", "i2", "package.unknown-key")],
    ),
    ("documents/L1.html", '顿号("name")', '顿号("nam")', [("documents/L1.html", "line 8", "package.unknown-key")]),
    (
        "documents/L1.html",
        ALL_NAMES,
        "{% for p in items %}{{ p.nam }}{% endfor %}",
        [("documents/L1.html", "line 8", "package.unknown-key")],
    ),
    (
        "documents/L1.html",
        ALL_NAMES,
        ACCEPTED,
        [],
    ),
    # --- variables and expressions ---
    (
        BPMN,
        DECISION,
        "source='=deciding' target='deciding'",
        [(BPMN, "Gw-Task_close", "package.unwritten-variable"), (BPMN, "Task_accept", "package.unknown-field")],
    ),
    (BPMN, "=count(answers)", "=count(answers[aswer = 1])", [(BPMN, "Task_check", "package.unwritten-variable")]),
    (BPMN, "=count(answers)", "=count(answers[answer = 1])", []),
    (
        BPMN,
        "=accept_decision =",
        "=decision =",
        [(BPMN, "Gw-Task_close", "package.unwritten-variable"), (BPMN, "Task_accept", "package.unused-variable")],
    ),
    (BPMN, '"=count(results) &gt; 0"', '"=count(result) &gt; 0"', [(BPMN, "Draft", "package.unwritten-variable")]),
    (BPMN, "=工作日后(8)", "=工作日前(8)", [(BPMN, "Late", "package.unwritten-variable")]),
    (BPMN, "=count(answers)", "=count(answer_list)", [(BPMN, "Task_check", "package.unwritten-variable")]),
    (TOML, "=org_name +", "=org_nam +", [(TOML, "package.case_title", "package.unwritten-variable")]),
    (TOML, "=org_name +", "=org_name + +", [(TOML, "package.case_title", "package.expression")]),
    (TOML, '"=org_name + \\"申请\\""', '"申请"', [(TOML, "package.case_title", "package.constant-title")]),
    (TOML, 'reason = "termination"', 'reason = "ending"', []),  # Task_close writes termination itself
    # --- the whole ---
    (TOML, 'process = "small"', 'process = "large"', [(TOML, "package.process", "package.process")]),
    (TOML, 'to = "Task_close"', 'to = "Task_end"', [(TOML, "withdraw.to", "package.unknown-node")]),
    (
        TOML,
        '[withdraw]\nto = "Task_close"\nreason = "termination"\n',
        "",
        [(BPMN, "Task_accept", "package.no-withdrawal")],
    ),
    (TOML, "working_days = 16", "working_days = 15", [(TOML, "promise.working_days", "package.promise-too-short")]),
    (
        TOML,
        '[promise]\nworking_days = 16\nclause = "XK-42"\ncertainty = "C"\n',
        "",
        [(TOML, "promise", "package.action-needs")],
    ),
    # --- scenarios ---
    (
        "scenarios/S01.yaml",
        "do: Task_submit",
        "do: Task_apply",
        [("scenarios/S01.yaml", "steps[0].do", "package.scenario-node")],
    ),
    (
        "scenarios/S01.yaml",
        "steps:",
        "parameters: {age_mood: lt70}\nsteps:",
        [("scenarios/S01.yaml", "parameters.age_mood", "package.scenario-parameter")],
    ),
    (
        "scenarios/S01.yaml",
        "to: Task_accept",
        "to: Gw",
        [("scenarios/S01.yaml", "steps[1].return", "package.scenario-node")],
    ),
    ("scenarios/S01.yaml", "id: S01\n", "", [("scenarios/S01.yaml", "id", "package.scenario")]),
    ("scenarios/S01.yaml", "steps:", "step:", [("scenarios/S01.yaml", "steps", "package.scenario")]),
    ("scenarios/S01.yaml", "{use: one}", "{use: one", [("scenarios/S01.yaml", "line 8", "package.scenario")]),
    (
        "scenarios/S01.yaml",
        "{use: one}",
        "!!python/object/apply:os.system [ls]",
        [("scenarios/S01.yaml", "line 7", "package.scenario")],
    ),
    ("scenarios/S01.yaml", "{use: one}", "&a {use: one}", [("scenarios/S01.yaml", "line 7", "package.scenario")]),
    ("scenarios/values/one.yaml", "org_name: ", "- ", [("scenarios/values/one.yaml", "", "package.scenario")]),
]


ONE_ROW = '<rule id="r2"><inputEntry id="c6"><text>-</text>'
TWO_ROWS = (
    ONE_ROW
    + '</inputEntry><outputEntry id="c8"><text>"court"</text></outputEntry></rule>'
    + ONE_ROW.replace("r2", "r3")
)
INTERLOCKED = ONE_ROW.replace("-<", f"{', '.join(map(str, range(3_000)))}<")
TABLES = [
    ("UNIQUE", ONE_ROW.replace("-<", '"甲"<'), "t2", "package.table-gap", "名称为“其他”"),
    ("UNIQUE", TWO_ROWS, "r3", "package.table-overlap", "第 1、2 行"),
    ("FIRST", TWO_ROWS, "r3", "package.table-never", "第 2 行永远不会命中"),
    ("ANY", TWO_ROWS.replace('"court"', '"assoc"', 1), "r3", "package.table-conflict", "结果不同"),
    ("COLLECT", INTERLOCKED, "t2", "package.table-partial", "没有查完：1 行、1 列的条件太多或交织得太复杂"),
]


@pytest.mark.parametrize(("policy", "rows", "element", "code", "words"), TABLES)
def test_what_a_table_says_by_itself_is_a_warning_with_an_example(policy, rows, element, code, words):
    file = "decisions/DT-2.dmn"
    [finding] = packages.check(small((file, "COLLECT", policy), (file, ONE_ROW, rows)), VOCABULARY)
    assert (finding.element, finding.code, finding.severity) == (element, code, "warning")
    assert words in finding.message


def test_a_table_inside_another_box_or_a_knowledge_model_is_looked_at_as_well():
    rows = [["< 5", "1"], ["> 5", "2"]]
    boxed = f"<list>{table(['年龄'], ['r'], rows).replace('dt', 'inner')}</list>"
    known = (
        '<businessKnowledgeModel id="k" name="分档"><encapsulatedLogic><formalParameter name="年龄"/>'
        f"{boxed}</encapsulatedLogic></businessKnowledgeModel>"
    )
    file, decision = "decisions/DT-2.dmn", '<decision id="DT-2"'
    [finding] = packages.check(small((file, decision, known + decision)), VOCABULARY)
    assert (finding.element, finding.code) == ("inner", "package.table-gap")
    assert finding.message.startswith("“分档”没有一行覆盖这样的输入：年龄为 5")


@pytest.mark.parametrize(("file", "old", "new", "expected"), BROKEN)
def test_one_fault_one_finding(file, old, new, expected):
    assert found(small((file, old, new))) == sorted(expected)


def test_a_template_need_not_say_what_the_manifest_says():
    said = small(
        (
            "documents/L1.html",
            'kind = "L1"\nform = "letter"\ntitle = "审核意见函"\nissuer = "中共南屿省委社会工作部"\n',
            "",
        ),
        ("documents/L1.html", 'case = "context", items = "list", ', ""),
        (TOML, 'submit = "Task_submit"', 'submit = "Task_submit"\nissuer = "中共南屿省委社会工作部"'),
        (TOML, 'template = "documents/L1.html"\n', ""),
    )
    assert found(said) == []
    template = packages.compile(said).documents["L1"]
    assert (template.kind, template.form, template.title) == ("L1", "letter", "审核意见函")
    assert (template.issuer, set(template.variables)) == ("中共南屿省委社会工作部", {"case", "items", "org_name"})


def test_outputs_are_taken_over_from_whoever_has_them():
    chain = small(
        (
            BPMN,
            'name="duty" value="sign"',
            'name="outputsOf" value="Task_decide" /><zeebe:property name="duty" value="sign"',
        ),
        (
            BPMN,
            'name="act" value="decide"',
            'name="outputsOf" value="Task_submit" /><zeebe:property name="act" value="decide"',
        ),
    )
    assert (BPMN, "Task_sign", "package.property-value") in found(chain)


FIRES = [
    ("", "例如年龄大于 parameters.oldest时它会命中"),
    ("&gt; 70", "例如年龄为 71时它会命中"),
]


@pytest.mark.parametrize(("cell", "words"), FIRES)
def test_a_row_without_a_clause_is_told_with_an_input_that_makes_it_fire(cell, words):
    file, as_it_is = "decisions/DT-1.dmn", "&gt; parameters.oldest"
    changes = [(file, '"MZ166-4/XK-42"', '""'), (file, as_it_is, cell or as_it_is)]
    messages = {finding.code: finding.message for finding in packages.check(small(*changes), VOCABULARY)}
    assert words in messages["package.rule-clause"]


READERS = [
    (BPMN, "<definitions", '<!DOCTYPE x [<!ENTITY a "b">]><definitions', (BPMN, "", "workflow.doctype")),
    (BPMN, "</definitions>", "", (BPMN, "", "workflow.xml")),
    (
        BPMN,
        '<startEvent id="Start" />',
        '<startEvent id="Start" /><manualTask id="S" />',
        (BPMN, "S", "workflow.element-unsupported"),
    ),
    (BPMN, ' default="Gw-Issue"', "", (BPMN, "Gw", "workflow.no-default")),
    (
        BPMN,
        '<conditionExpression>=accept_decision = "no"</conditionExpression>',
        "",
        (BPMN, "Gw-Task_close", "workflow.no-condition"),
    ),
    (BPMN, flow("Task_close", "Closed"), "", (BPMN, "Task_close", "workflow.dead-end")),
    (BPMN, flow("Task_close", "Closed"), flow("Task_close", "Task_close"), (BPMN, "Task_close", "workflow.cannot-end")),
    (BPMN, flow("Start", "Task_submit"), flow("Start", "Task_accept"), (BPMN, "Task_submit", "workflow.unreachable")),
    (BPMN, '=accept_decision = "no"', '=accept_decision = = "no"', (BPMN, "Gw-Task_close", "workflow.expression")),
    (BPMN, '"=工作日后(1)"', '"=工作日后("', (BPMN, "Task_sign", "workflow.expression")),
    (BPMN, "source='=people'", "source='=people['", (BPMN, "Task_submit", "workflow.expression")),
    ("forms/accept.form", "=decision = null", "=decision = = null", ("forms/accept.form", "f_note", "form.feel")),
    ("forms/apply.form", "{", "[", ("forms/apply.form", "", "form.json")),
    ("decisions/DT-1.dmn", "&gt; parameters.oldest", "&gt; &gt; 70", ("decisions/DT-1.dmn", "r1", "feel.syntax")),
    ("decisions/DT-1.dmn", "</definitions>", "", ("decisions/DT-1.dmn", "", "xml.syntax")),
    ("decisions/DT-1.dmn", "<definitions", "<!DOCTYPE x><definitions", ("decisions/DT-1.dmn", "", "xml.doctype")),
    (
        "documents/N1.html",
        "{{ promise.working_days }}",
        "{{ days }}",
        ("documents/N1.html", "line 8", "template.undeclared-variable"),
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), READERS)
def test_what_a_reader_refuses_is_among_the_findings(file, old, new, expected):
    assert expected in found(small((file, old, new)))


def test_a_diagram_that_does_not_run_is_still_checked_for_everything_else():
    package = small(
        (BPMN, ' default="Gw-Issue"', ""),
        (BPMN, "candidateGroups='leader'", "candidateGroups='boss'"),
        (BPMN, 'formId="decide"', 'formId="decided"'),
        (TOML, 'title = "小流程"\n', ""),
        ("decisions/DT-1.dmn", '"block"', '"blok"'),
    )
    codes = {code for _, _, code in found(package)}
    assert {
        "workflow.no-default",
        "package.unknown-post",
        "package.unknown-form",
        "manifest.missing",
        "package.rule-severity",
    } <= codes


def test_what_an_unread_file_would_have_held_is_not_called_missing():
    assert {code for _, _, code in found(small(("forms/sign.form", "{", "[")))} == {"form.json"}
    assert not any(
        code.startswith("package.unknown-decision") for _, _, code in found(small(("decisions/DT-2.dmn", "?>", "")))
    )


def test_missing_files_are_findings():
    assert (BPMN, "", "package.missing-file") in found(small(drop=(BPMN,)))
    assert (TOML, "", "package.missing-file") in found(small(drop=(TOML,)))
    assert found(small(drop=("README.md",))) == [("README.md", "", "package.no-readme")]
    assert packages.check(packages.load_files({}), VOCABULARY)


def test_two_files_must_not_define_the_same():
    package = small(add={"forms/sign2.form": form("sign", field("note")), "decisions/DT-3.dmn": DT1})
    assert found(package) == [
        ("decisions/DT-3.dmn", "DT-1", "package.duplicate-id"),
        ("forms/sign2.form", "sign", "package.duplicate-id"),
    ]


def test_two_scenarios_must_not_have_the_same_number():
    package = small(add={"scenarios/S02.yaml": FILES["scenarios/S01.yaml"]})
    assert found(package) == [("scenarios/S02.yaml", "id", "package.scenario")]


def test_a_rule_must_be_a_table():
    literal = DT1[: DT1.index("<decisionTable")] + (
        '<literalExpression id="x"><text>1</text></literalExpression></decision></definitions>'
    )
    assert found(small(("decisions/DT-1.dmn", DT1, literal))) == [("decisions/DT-1.dmn", "DT-1", "package.rule-table")]


def test_what_the_installation_does_not_say_is_not_compared():
    vocabulary = default_vocabulary()
    package = small((TOML, 'clause = "XK-42"', 'clause = "XK-1"'), (BPMN, '="checker@" + unit.org', "checker@nowhere"))
    assert found(package, vocabulary) == []


def test_an_installation_may_register_actions_of_its_own():
    package = small((BPMN, '<zeebe:taskDefinition type="start-promise" />', '<zeebe:taskDefinition type="archive" />'))
    archive = ActionSettings({"years": Setting("text", required=False)})
    more = replace(VOCABULARY, actions={**VOCABULARY.actions, "archive": archive})
    assert found(package, more) == [(TOML, "promise", "package.promise-not-started")]


def test_members_that_get_a_key_on_the_way_are_still_known():
    keyed = (BPMN, "source='=people'", "source='=for p in people return context put(p, \"number\", p._key)'")
    assert found(small(keyed, ("decisions/DT-1.dmn", "candidate.age", "candidate.number"))) == []
    broken = small(keyed, ("decisions/DT-1.dmn", "candidate.age", "candidate.aeg"))
    assert found(broken) == [("decisions/DT-1.dmn", "i1", "package.unknown-key")]


def test_an_end_beside_the_main_way_owes_no_outcome():
    assert 'id="Reminded" />' in FILES[BPMN] and found(small()) == []
    interrupting = small((BPMN, 'cancelActivity="false"', 'cancelActivity="true"'))
    assert (BPMN, "Reminded", "package.no-outcome") in found(interrupting)


def test_days_count_once_a_node_and_not_while_the_promise_is_paused():
    again = small(
        (BPMN, flow("Record", "Draft"), flow("Record", "Draft")), (TOML, "working_days = 16", "working_days = 5")
    )
    message = next(one.message for one in packages.check(again, VOCABULARY) if one.code == "package.promise-too-short")
    assert "16 个工作日" in message and "Task_check、Task_decide、Task_sign" in message
    paused = small(
        (
            BPMN,
            'name="visibility" value="own"',
            'name="visibility" value="own" /><zeebe:property name="pauses" value="x"',
        ),
        (TOML, "working_days = 16", "working_days = 6"),
    )
    assert found(paused) == []


@pytest.mark.parametrize(("loop", "expected"), [("", []), (LOOP, [(BPMN, "Task_back", "package.no-way-back")])])
def test_a_return_leads_into_what_runs_once_and_not_into_one_of_several_items(loop, expected):
    inside = person("Task_one", "close", "acceptor") + '<startEvent id="s1" /><endEvent id="e1" />'
    inside += flow("s1", "Task_one") + flow("Task_one", "e1")
    added = f'<subProcess id="Each">{loop}{inside}</subProcess>'
    added += person("Task_back", "close", "acceptor", returnTo="Task_one")
    added += flow("Task_decide", "Each") + flow("Each", "Task_back") + flow("Task_back", "Record")
    broken = small((BPMN, flow("Task_decide", "Record"), added))
    assert [one for one in found(broken) if "way" in one[2]] == expected


def supplemented(notice="", again="", extra=""):
    """After acceptance the applicant supplements, and the acceptor looks again; `again` stands beside."""
    told = {"document": "N1"} | ({"once": notice} if notice else {})
    added = person("Task_mend", "close", "applicant", act="supplement") + service("Tell", "issue-notice", settings=told)
    return small(
        (BPMN, flow("Gw", "Issue"), flow("Gw", "Issue") + flow("Gw", "Tell", '=accept_decision = "mend"') + extra),
        (
            BPMN,
            '<exclusiveGateway id="Gw"',
            added + again + flow("Tell", "Task_mend") + flow("Task_mend", "Task_accept") + '<exclusiveGateway id="Gw"',
        ),
    )


def test_a_supplement_that_could_be_asked_again_and_again_is_told():
    assert (BPMN, "Task_mend", "package.supplement-again") in found(supplemented())
    assert [one for one in found(supplemented("told")) if "once" in one[2] or "again" in one[2]] == []


def test_only_another_person_allows_what_is_told_once():
    head = person("Task_allow", "close", "leader", ("=note", "told"))
    both = flow("Gw", "Task_allow", '=accept_decision = "ask"') + flow("Task_allow", "Tell")
    assert not [one for one in found(supplemented("told", head, both)) if "once" in one[2] or "again" in one[2]]
    script = '<scriptTask id="Forget"><extensionElements><zeebe:script expression="=false" resultVariable="told" />'
    script += "</extensionElements></scriptTask>"
    both = flow("Gw", "Forget", '=accept_decision = "ask"') + flow("Forget", "Tell")
    assert (BPMN, "Forget", "package.once-writer") in found(supplemented("told", script, both))


@pytest.mark.parametrize("name", ["=told", "told once", ""])
def test_what_is_told_once_is_kept_in_a_variable(name):
    broken = small(
        (
            BPMN,
            'name="visibility" value="own"',
            f'name="visibility" value="own" /><zeebe:property name="once" value="{name}"',
        )
    )
    assert (BPMN, "Task_check", "package.property-value") in found(broken)


def test_findings_are_sentences_that_say_what_to_do():
    for file, old, new, _ in [*BROKEN, *READERS]:
        for finding in packages.check(small((file, old, new)), VOCABULARY):
            assert finding.message.endswith("。") and "\n" not in str(finding)
            assert str(finding) == f"{finding.file}: {finding.element or '-'}: {finding.code}: {finding.message}"


def test_warnings_do_not_keep_a_package_from_being_compiled():
    package = small(drop=("README.md",))
    assert [finding.severity for finding in packages.check(package, VOCABULARY)] == ["warning"]
    assert packages.compile(package).readme == ""


def test_a_scenario_of_endless_length_is_refused_before_it_is_built():
    package = small(("scenarios/S01.yaml", "{use: one}", "[" + "{a: 1}, " * 20_000 + "]"))
    assert found(package) == [("scenarios/S01.yaml", "line 7", "package.scenario")]


def test_a_manifest_of_endless_length_is_refused_before_it_is_parsed():
    package = small((TOML, 'key = "small"', 'key = "small"\n#' + "x" * 200_000))
    assert (TOML, "", "manifest.too-large") in found(package)
