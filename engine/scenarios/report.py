"""What came of the scenarios: failures that say expected against actual, and what of the package they came by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.scenarios.coverage import KINDS, WORDS, Plan, Trace


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that did not hold. `step` counts from 1; 0 stands for the end of the scenario."""

    file: str
    step: int
    line: int
    title: str
    what: str
    expected: str
    actual: str

    def __str__(self) -> str:
        place = f"第 {self.step} 步（{self.title}）" if self.step else "结束时"
        return f"{self.file} {place}，第 {self.line} 行，{self.what}：应为 {self.expected}，实际 {self.actual}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario that was run."""

    id: str
    title: str
    file: str
    failures: tuple[Failure, ...]
    trace: Trace

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(frozen=True)
class Report:
    """Scenarios of a package against all that its `plan` names. A `partial` run owes none of it."""

    outcomes: tuple[Outcome, ...]
    plan: Plan
    partial: bool = False

    @property
    def passed(self) -> bool:
        """Whether every scenario held and, in a whole run, every flow was taken by one of them."""
        held = bool(self.outcomes) and all(outcome.passed for outcome in self.outcomes)
        return held and (self.partial or not self.untaken)

    @property
    def failures(self) -> tuple[Failure, ...]:
        return tuple(failure for outcome in self.outcomes for failure in outcome.failures)

    @property
    def traces(self) -> tuple[Trace, ...]:
        return tuple(outcome.trace for outcome in self.outcomes)

    @property
    def untaken(self) -> tuple[str, ...]:
        """Flows that no scenario took, by id."""
        return self.plan.missed("flows", self.traces)

    @property
    def good(self) -> int:
        return sum(outcome.passed for outcome in self.outcomes)

    @property
    def last_line(self) -> str:
        return total([self])

    def lines(self) -> Iterable[str]:
        """A line a scenario, its failures, what nobody came by, and the counts."""
        for outcome in self.outcomes:
            yield f"{'通过' if outcome.passed else '失败'} {outcome.id} {outcome.title}"
            yield from (f"    {failure}" for failure in outcome.failures)
        if not self.partial:
            for kind in KINDS:
                if missed := self.plan.missed(kind, self.traces):
                    yield f"{WORDS[kind][1]}：{'、'.join(missed)}"
            counts = (self.plan.count(kind, self.traces) for kind in KINDS)
            yield "覆盖 " + "，".join(
                f"{WORDS[kind][0]} {done}/{every}" for kind, (done, every) in zip(KINDS, counts, strict=True)
            )
        yield self.last_line


def total(reports: Sequence[Report]) -> str:
    """`scenarios N/N flows M/M` over several packages."""
    scenarios, every = sum(report.good for report in reports), sum(len(report.outcomes) for report in reports)
    flows = [report.plan.count("flows", report.traces) for report in reports]
    return f"scenarios {scenarios}/{every} flows {sum(done for done, _ in flows)}/{sum(all_ for _, all_ in flows)}"
