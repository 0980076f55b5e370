"""What came of the scenarios: failures that say expected against actual, and the flows that were taken."""

from collections.abc import Iterable
from dataclasses import dataclass


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
    flows: frozenset[str]

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(frozen=True, slots=True)
class Report:
    """Scenarios of a package; `flows` are the flows that its diagram draws. A `partial` run owes none of them."""

    outcomes: tuple[Outcome, ...]
    flows: frozenset[str]
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
    def untaken(self) -> tuple[str, ...]:
        """Flows that no scenario took, by id."""
        taken: frozenset[str] = frozenset().union(*(outcome.flows for outcome in self.outcomes))
        return tuple(sorted(self.flows - taken))

    def lines(self) -> Iterable[str]:
        """A line a scenario, its failures, the flows nobody took, and the count."""
        for outcome in self.outcomes:
            yield f"{'通过' if outcome.passed else '失败'} {outcome.id} {outcome.title}"
            yield from (f"    {failure}" for failure in outcome.failures)
        if self.untaken and not self.partial:
            yield f"没有走到的连线：{'、'.join(self.untaken)}"
        good = sum(outcome.passed for outcome in self.outcomes)
        yield f"scenarios {good}/{len(self.outcomes)} flows {len(self.flows) - len(self.untaken)}/{len(self.flows)}"
