"""A package's document templates: untrusted text that becomes `Content` and can do nothing else.

A template is one UTF-8 file of two parts, a front matter in TOML and a body in XML with Jinja:

    ---
    variables = { org_name = "text", approved = "list" }
    ---
    <公文>
      <标题><句>关于{{ org_name }}</句><句>负责人人选的</句><句>审核意见</句></标题>
      <主送>{{ org_name }}</主送>
      <段>经审核，同意{{ approved | 顿号("name") }}等{{ approved | 个数 }}名同志作为负责人人选（名单见附件）。</段>
      <名单 名="{{ org_name }}负责人人选名单">
        <列 宽="12">序号</列><列 宽="26" 型="姓名">姓名</列><列 齐="左">工作单位及职务</列>
        {% for person in approved %}
        <行><格>{{ loop.index }}</格><格>{{ person.name }}</格><格>{{ person.unit }}</格></行>
        {% endfor %}
      </名单>
      <抄送>南屿省民政厅</抄送>
    </公文>

Front matter (left out where it would say nothing). The package says the first four for each of its templates: `kind`
and `title` by its entry `[documents.D06]`, `form` by the signature, `issuer` by `[package]`; a template says what differs.
  kind       code of the document, as in `[documents.D06]` of package.toml
  form       "letter" (信函格式), "document" (ordinary format with red head and 版记), "minutes" (纪要格式: approved, not
             sealed), "notice" (通知书: one seal), "slip" (internal reminder: no number, no seal) or "sheet" (a form to be
             filled in print: registration, review levels, receipt, contents of a file)
  title      short name of the document, for lists and pages
  issuer     发文机关标志, and 署名 unless the body says otherwise; may be left out when the body has <机关>
  variables  every variable of the case that the body reads, with its type: text, number, boolean, date, moment, list or
             context; nothing else is handed to it but the facts of every document that it reads, such as `case`
  audience   "public" for a publicity notice: it has no 主送, and reads only what `wording` lists as public

Elements (公文 holds the others; the order of blocks is kept, the rest finds its own place)
  <机关>     发文机关标志, instead of `issuer`
  <标题>     required. Text, or <句> phrases: a title is broken between phrases only
  <主送>     required but in a slip. The colon is added
  <段>       a paragraph of text. May begin with <二级>, <三级> or <四级> (a heading run into the text); may hold
             <黑> and <楷>
  <一级> <二级> <三级> <四级>   a heading or numbered paragraph: 一、 （一） 1. （1）. We set the numbers, one after
             another through the document; a number written by hand is replaced
  <清单>     a table in the text: <列> columns, <行> rows of <格> cells, as many cells as columns
  <列>       attributes 宽 (millimetres, 156 in all; left out: shares the rest), 齐 ("左"; otherwise centred),
             型="姓名" (two-character names are spaced to the width of three)
  <附件 名="…" 题="…">   an attachment. Its name stands in the 附件说明; with blocks inside it (段, 清单, levels) it
             has pages of its own under the title 题 (or <标题>; otherwise 名). Several are numbered by us
  <名单 名="…" 题="…">   the same with one table: <列> and <行> directly inside
  <署名>     instead of the issuer's name. The date is the date of issue and set by us
  <抄送>     copies to; 抄送： and 。 are added
  <附注>     note under the date; the parentheses are added
  <联系>     a line at the foot, beside the verification code (person, telephone); up to four
  <等级>     only in a slip: 蓝, 黄 or 红
  <份号> <紧急程度> <签发人> <印发>   only in a document (the first, second and last in minutes too): six digits; 特急 or
             加急; who answers for an upward document; the office that prints it
  <出席> <请假> <列席>   only in minutes
  <栏>       only in a sheet: a row of <项 名="…" 宽="…"> labels with their values
  <意见 名="…" 人="…" 日="…" 高="…">   only in a sheet: the box of one level, with room for opinion, signature and day
A line break inside a value starts a new paragraph in 段 and a new line in 格; elsewhere it vanishes. Line breaks and
indents of the template file itself vanish everywhere.

Jinja
  `{{ … }}`, `{% if %}`, `{% for x in list if … %}` (lists only), `{# … #}`, comparisons, `and or not in`,
  `a if b else c`, `is defined`, `is none`, literals, keys with a dot, `loop.index|first|last|length`.
  No arithmetic, calls, assignments, macros, blocks, includes or imports: what needs computing is computed by FEEL in
  the process. A tag opened inside `{% if %}` or `{% for %}` is closed inside it. Names ending in `_internal` cannot be
  read. A null cannot be printed: write `{{ x or "" }}`. Dates print as 2026年11月23日, numbers without exponent or
  trailing zeros, true and false as 是 and 否.
  Filters: 日期, 年月 (1971.05), 数字, 中文数字 (三), 顿号("key") (甲、乙、丙), 个数, 取("key", value), 脱敏, 联系人 (of `contact`), 成句 (ends with one 。),
  分句 (without it).

Limits: 64 KiB of template, four nested loops, 20,000 loop steps, 1 MiB of result. The parsed template is checked
against a list of allowed Jinja nodes before it is compiled, so that there is no call, no arithmetic and no recursion
to spend time with; the loops count their steps.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import TemplateError, UndefinedError, nodes
from jinja2 import TemplateSyntaxError as JinjaSyntaxError

from engine.documents import elements, reading
from engine.documents.content import FORMS, Content, Form
from engine.documents.problems import ComposeError, TemplateProblem, TemplateProblems
from engine.documents.sandbox import STEPS, TEMPLATE_NAME, Budget, Sandbox, node_problems, plain
from engine.documents.wording import (
    TYPES,
    check_types,
    names_of_people,
    public_problems,
    remedy_problems,
    type_problems,
)

MOST_BYTES, MOST_OUTPUT = 64 * 1024, 1024 * 1024
FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$\n?", re.S | re.M)
KEYS = {"kind": str, "form": str, "title": str, "issuer": str, "variables": dict, "audience": str}
OPTIONAL = frozenset(("issuer", "audience", "variables"))
KIND = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}\Z")


@dataclass(frozen=True)
class Head:
    """What is known of a template before its file is read: its front matter says only what differs from this.

    `facts` are variables that every document may read without declaring them, each with its type.
    """

    kind: str
    form: str
    title: str
    issuer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def front(self) -> dict[str, Any]:
        """As a front matter would say it."""
        said = {"kind": self.kind, "form": self.form, "title": self.title, "issuer": self.issuer}
        return {key: text for key, text in said.items() if text}


@dataclass(frozen=True)
class Template:
    """A checked template. `types` are the only names that its body can read, each with its declared type; `masks`:
    it prints personal numbers, masked."""

    kind: str
    form: Form
    title: str
    issuer: str
    types: Mapping[str, str]
    public: bool
    masks: bool
    file: str
    _compiled: Any

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(self.types)

    def compose(self, values: Mapping[str, Any]) -> Content:
        """The document's content with these values (see Values in docs/architecture.md).

        Raises `ComposeError` when a value is missing, empty, of another type than declared, or a limit is passed.
        """
        given = {name: plain(values[name]) for name in self.variables if name in values}
        check_types(self.types, given)
        xml = self._fill({**given, "_budget": Budget(STEPS)})
        people = names_of_people(given)
        return reading.read(xml, self.kind, self.form, self.issuer, public=self.public, names=people)

    def _fill(self, given: dict[str, Any]) -> str:
        pieces, size = [], 0
        try:
            for piece in self._compiled.generate(given):
                size += len(piece)
                if size > MOST_OUTPUT:
                    raise ComposeError(f"拼成的文书超过 {MOST_OUTPUT // 1024} KiB")
                pieces.append(piece)
        except ComposeError as error:
            raise ComposeError(f"{self.file} 第 {_line_of(error)} 行：{error.message}", code=error.code) from error
        except UndefinedError as error:
            name = re.search(r"(?:attribute )?'(\w+)'(?: is undefined)?$", error.message or "")
            told = f"没有给出“{name[1]}”" if name else "用到了没有给出的值"
            raise ComposeError(f"{self.file} 第 {_line_of(error)} 行：{told}") from error
        except TemplateError as error:
            raise ComposeError(f"{self.file} 第 {_line_of(error)} 行：不能填写（{error.message}）") from error
        except (TypeError, ValueError, RecursionError, ArithmeticError) as error:
            raise ComposeError(f"{self.file} 第 {_line_of(error)} 行：值的类型不合适，不能比较或打印") from error
        return "".join(pieces)


def _line_of(error: BaseException) -> int:
    """The last line of the template in the trace; Jinja rewrites the frames so that they carry the template's own lines."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == TEMPLATE_NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def read_template(data: bytes, file: str, head: Head | None = None) -> Template:
    """A template from the bytes of its file; `file` is its name in the package, for messages, `head` what the package says.

    Raises `TemplateProblems` with every fault found.
    """
    try:
        text = _decode(data)
        said, body, offset = _split(text, bare=head is not None)
    except _Fault as fault:
        raise TemplateProblems(file, [fault.problem]) from fault
    front: dict[str, Any] = {"variables": {}} | (head.front if head else {}) | said
    problems = _front_problems(front)
    if problems:
        raise TemplateProblems(file, problems)
    types, public = front["variables"], front.get("audience") == "public"
    padded = "\n" * offset + body
    sandbox = Sandbox()
    tree = None
    try:
        tree = sandbox.parse(padded)
    except JinjaSyntaxError as error:
        problems.append(TemplateProblem(error.lineno, "template.jinja", f"Jinja 写法有误（{error.message}）"))
    except (RecursionError, ValueError, OverflowError):
        problems.append(TemplateProblem(offset + 1, "template.jinja", "表达式套得太深或数太大"))
    if tree is not None:
        types = _with_facts(types, head.facts if head else {}, tree)
        problems += node_problems(tree, frozenset(types))
        problems += type_problems(tree, types)
        problems += public_problems(tree, types) if public else ()
        problems += _body_problems(sandbox, padded, front["form"], public)
        problems += remedy_problems(tree, sandbox.skeleton(padded), front.get("issuer", ""))
    if problems or tree is None:
        raise TemplateProblems(file, problems)
    masks = any(node.name == "脱敏" for node in tree.find_all(nodes.Filter))
    compiled = sandbox.compile_tree(tree)
    return Template(
        front["kind"], front["form"], front["title"], front.get("issuer", ""), types, public, masks, file, compiled
    )


def _with_facts(declared: Mapping[str, str], facts: Mapping[str, str], tree: nodes.Template) -> dict[str, str]:
    """The variables of a template: those that it declares, and the facts that its body reads."""
    read = {node.name for node in tree.find_all(nodes.Name)}
    return {name: kind for name, kind in facts.items() if name in read} | dict(declared)


class _Fault(Exception):
    def __init__(self, line: int, code: str, message: str) -> None:
        self.problem = TemplateProblem(line, code, message)


def _decode(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise _Fault(1, "template.size", f"模板有 {len(data)} 字节，最多 {MOST_BYTES} 字节")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _Fault(data[: error.start].count(b"\n") + 1, "template.encoding", "不是 UTF-8 编码的文本") from error
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufffe\uffff]", line):
            raise _Fault(number, "template.encoding", "有不可见的控制字符")
    return text


def _split(text: str, bare: bool) -> tuple[dict[str, Any], str, int]:
    """Front matter, body, and the number of lines before the body; `bare`: there may be no front matter."""
    found = FRONT.match(text)
    if not found and bare and not text.lstrip("\ufeff \r\n").startswith("---"):
        return {}, text.replace("\r\n", "\n"), 0
    if not found:
        raise _Fault(
            1, "template.front", "开头应当是两行 --- 之间的说明（TOML：kind、form、title、issuer、variables、audience）"
        )
    try:
        front = tomllib.loads(found[1].replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise _Fault(
            1 + int(line[1]) if line else 2, "template.front", f"开头的说明不是合法的 TOML（{error}）"
        ) from error
    return front, text[found.end() :].replace("\r\n", "\n"), text[: found.end()].count("\n")


def _front_problems(front: dict[str, Any]) -> list[TemplateProblem]:
    problems = []

    def fault(message: str) -> None:
        problems.append(TemplateProblem(1, "template.front", message))

    for key in front:
        if key not in KEYS:
            fault(f"开头的说明里没有 {key} 这一项")
    for key, kind in KEYS.items():
        if key not in front and key not in OPTIONAL:
            fault(f"开头的说明缺少 {key}")
        elif key in front and (not isinstance(front[key], kind) or (key in ("kind", "title") and not front[key])):
            fault(f"开头的说明中 {key} 的写法不对")
    if isinstance(front.get("form"), str) and front["form"] not in FORMS:
        fault(f"form 只能是 {'、'.join(FORMS)} 之一")
    if isinstance(front.get("kind"), str) and not KIND.match(front["kind"]):
        fault("kind 是字母开头的代码，如 D06")
    if front.get("audience", "public") != "public":
        fault('audience 只能是 "public"，或者不写')
    declared = front.get("variables")
    for name, kind in declared.items() if isinstance(declared, dict) else ():
        if kind not in TYPES:
            fault(f"变量 {name} 的类型只能是 {'、'.join(TYPES)} 之一")
        if not name.isidentifier() or name.startswith("_") or name == "loop":
            fault(f"variables 中的 {name!r} 不是变量名")
        elif name.endswith("_internal"):
            fault(f"内部变量 {name} 不得写入文书")
    return problems


def _body_problems(sandbox: Sandbox, padded: str, form: str, public: bool) -> list[TemplateProblem]:
    skeleton = sandbox.skeleton(padded)
    problems = [
        TemplateProblem(
            skeleton[: found.start()].count("\n") + 1, "template.declaration", f"不能用 {found[0]}：这里只有元素和文字"
        )
        for found in re.finditer(r"<[!?]", skeleton)
    ]
    return problems or elements.check(sandbox.skeleton(padded, marked=True), form, public)
