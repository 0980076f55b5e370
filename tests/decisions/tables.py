"""Writes DMN for the tests: tables from rows of texts."""

from collections.abc import Sequence
from html import escape

from engine import decisions

MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(body: str, model: str = MODEL) -> bytes:
    return f'<definitions xmlns="{model}" id="defs" name="测试" namespace="test">{body}</definitions>'.encode()


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rows: Sequence[Sequence[str]],
    policy: str = "UNIQUE",
    *,
    aggregation: str = "",
    values: Sequence[str] = (),
    defaults: Sequence[str] = (),
    annotations: Sequence[str] = (),
) -> str:
    """A decision table element; a row has the cells of the inputs, of the outputs, and of the annotations."""
    parts = [
        f'<decisionTable id="dt" hitPolicy="{policy}"' + (f' aggregation="{aggregation}">' if aggregation else ">")
    ]
    for number, text in enumerate(inputs, 1):
        parts.append(f'<input id="i{number}"><inputExpression><text>{escape(text)}</text></inputExpression></input>')
    for number, name in enumerate(outputs):
        inner = f"<outputValues>{_text(values[number])}</outputValues>" if values else ""
        inner += f"<defaultOutputEntry>{_text(defaults[number])}</defaultOutputEntry>" if defaults else ""
        parts.append(f'<output id="o{number + 1}" name="{name}">{inner}</output>')
    parts += [f'<annotation name="{name}"/>' for name in annotations]
    for number, row in enumerate(rows, 1):
        cells = "".join(f"<inputEntry>{_text(cell)}</inputEntry>" for cell in row[: len(inputs)])
        answers = row[len(inputs) : len(inputs) + len(outputs)]
        cells += "".join(f"<outputEntry>{_text(cell)}</outputEntry>" for cell in answers)
        notes = row[len(inputs) + len(outputs) :]
        cells += "".join(f"<annotationEntry>{_text(cell)}</annotationEntry>" for cell in notes)
        parts.append(f'<rule id="r{number}">{cells}</rule>')
    return "".join([*parts, "</decisionTable>"])


def literal(text: str) -> str:
    return f"<literalExpression>{_text(text)}</literalExpression>"


def decision(identity: str, logic: str, requirements: str = "", name: str = "", type_ref: str = "") -> str:
    variable = f'<variable name="{name or identity}" typeRef="{type_ref}"/>' if type_ref else ""
    return f'<decision id="{identity}" name="{name or identity}">{variable}{requirements}{logic}</decision>'


def needs(*decisions_: str, knowledge: Sequence[str] = (), inputs: Sequence[str] = ()) -> str:
    links = [("informationRequirement", "requiredDecision", one) for one in decisions_]
    links += [("knowledgeRequirement", "requiredKnowledge", one) for one in knowledge]
    links += [("informationRequirement", "requiredInput", one) for one in inputs]
    return "".join(f'<{outer}><{inner} href="#{target}"/></{outer}>' for outer, inner, target in links)


def read(*bodies: str) -> decisions.DecisionModel:
    return decisions.read(definitions("".join(bodies)), "test.dmn")


def only(logic: str) -> decisions.Decision:
    """A decision with this logic, alone in its file."""
    return read(decision("d", logic)).decisions["d"]


def _text(text: str) -> str:
    return f"<text>{escape(text)}</text>"
