"""A run of scenarios as one page that needs nothing beside itself: the painted diagram, and what was missed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape

from engine.scenarios.coverage import KINDS, WORDS
from engine.scenarios.drawing import draw
from engine.scenarios.report import Outcome, Report

STYLE = """
body{font-family:"Noto Sans CJK SC","Source Han Sans SC",sans-serif;max-width:1400px;margin:24px auto;padding:0 16px;
color:#1f2328;line-height:1.6}
table{border-collapse:collapse;width:100%;margin:8px 0 24px}
th,td{border:1px solid #c4c9d0;padding:6px 10px;text-align:left;vertical-align:top}
th{background:#f0f2f5}
.good{color:#1b5e20;font-weight:bold}.bad{color:#b00020;font-weight:bold}
figure{margin:0;overflow-x:auto;border:1px solid #c4c9d0}
svg{min-width:1000px;width:100%;height:auto;display:block;background:#fff}
svg text{font-size:12px;text-anchor:middle;fill:#1f2328;stroke:none}
svg rect,svg circle,svg path,svg polyline{fill:#fff;stroke-width:1.5}
svg polyline{fill:none;stroke-width:2}
svg circle.end,svg rect.call{stroke-width:4}
svg .sub{fill:none}svg .mark{fill:none;font-size:20px}
svg .frame rect{fill:none;stroke:#8c959f;stroke-width:1}
svg .taken{stroke:#1b7f37}svg .taken rect,svg .taken circle,svg .taken path{fill:#e6f4ea}svg .taken .sub{fill:none}
svg .missed{stroke:#b00020}svg .missed rect,svg .missed circle,svg .missed path{fill:#fdecea}svg .missed .sub{fill:none}
svg .missed rect,svg .missed polyline,svg .missed circle{stroke-dasharray:6 4}
svg .taken .mark,svg .missed .mark{fill:none}svg .taken .thrown{fill:#1b7f37}svg .missed .thrown{fill:#b00020}
svg .mark[x]{stroke:none;fill:#1f2328}
svg marker path{stroke:none}svg marker.taken path{fill:#1b7f37}svg marker.missed path{fill:#b00020}
@media print{body{margin:0}figure{border:0}}
"""


def html_report(reports: Iterable[Report]) -> str:
    """The whole page, in Chinese; without script, and with no reference to anything outside."""
    body = "\n".join(part for report in reports for part in _package(report))
    head = f'<meta charset="utf-8"><title>场景报告</title><style>{STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head><body>\n<h1>场景报告</h1>\n{body}\n</body></html>\n'


def _package(report: Report) -> Iterator[str]:
    plan = report.plan
    word = '<span class="good">通过</span>' if report.passed else '<span class="bad">未通过</span>'
    yield f"<h2>{escape(plan.title)}（{escape(plan.key)}）：{word}</h2>"
    yield f"<p>{escape(report.last_line)}{'（只运行了部分场景）' if report.partial else ''}</p>"
    yield "<h3>覆盖</h3>" + _table(("", "走到", "全部", "没有走到的"), _coverage(report))
    nodes, flows = Counter[str](), Counter[str]()
    for outcome in report.outcomes:
        nodes.update(outcome.trace.nodes)
        flows.update(outcome.trace.flows)
    yield "<h3>流程图</h3><p>绿色实线：有场景经过；红色虚线：没有场景经过。指向一处可见经过的次数。</p>"
    drawn = draw(plan, nodes, flows)
    yield f"<figure>{drawn}</figure>" if drawn else "<p>流程图文件里没有图形（BPMN DI），不能画出。</p>"
    yield "<h3>场景</h3>" + _table(("编号", "名称", "结果", "应为与实际"), (_outcome(one) for one in report.outcomes))


def _coverage(report: Report) -> Iterator[tuple[str, ...]]:
    for kind in KINDS:
        done, every = report.plan.count(kind, report.traces)
        missed = [_named(report, kind, key) for key in report.plan.missed(kind, report.traces)]
        yield WORDS[kind][0], str(done), str(every), "<br>".join(missed) or "无"


def _named(report: Report, kind: str, key: str) -> str:
    """The id with the words of the designer beside it."""
    plan = report.plan
    if kind == "flows":
        flow = plan.flows[key]
        words = f"{flow.name}：{plan.nodes[flow.source]} → {plan.nodes[flow.target]}".lstrip("：")
    elif kind == "rows":
        decision, _, number = key.partition(" 第 ")
        words = plan.rows[decision, int(number.removesuffix(" 行"))]
    else:
        words = getattr(plan, kind)[key]
    return escape(f"{key}（{words}）" if words and words != key else key)


def _outcome(outcome: Outcome) -> tuple[str, ...]:
    word = '<span class="good">通过</span>' if outcome.passed else '<span class="bad">失败</span>'
    return escape(outcome.id), escape(outcome.title), word, "<br>".join(escape(str(one)) for one in outcome.failures)


def _table(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Cells are HTML already."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
