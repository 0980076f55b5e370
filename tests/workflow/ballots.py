"""Every kind of ballot: its completion condition, and the same rule in Python over what has been voted."""

from dataclasses import dataclass, field


@dataclass
class Seat:
    weight: int
    vote: str | None = None


@dataclass
class Ballot:
    """The seats that count by index; `ends` is the rule."""

    kind: str
    seats: dict[int, Seat] = field(default_factory=dict)

    @property
    def votes(self):
        return [seat.vote for seat in self.seats.values() if seat.vote is not None]

    def over(self):
        waiting = [seat for seat in self.seats.values() if seat.vote is None]
        return not waiting or (bool(self.votes) and RULES[self.kind](self))

    def yes(self):
        return self.votes.count("yes")

    def weight(self, *votes):
        return sum(seat.weight for seat in self.seats.values() if seat.vote in votes)


CONDITIONS = {
    "all": '=some r in results satisfies r != "yes"',
    "any": "=count(results) >= 1",
    "in turn": '=some r in results satisfies r = "no"',
    "percentage": '=count(results[item = "yes"]) * 3 >= numberOfInstances * 2',
    "weighted": '=sum(for i in instances return if i.result = "yes" then i.item.weight else 0) * 2'
    " > sum(for i in instances return i.item.weight)",
    "quorum": "=numberOfCompletedInstances >= 2",
    "recusal": '=count(results[item = "yes"]) * 2 > count(instances[not(result = "recuse")])',
}
RULES = {
    "all": lambda ballot: any(vote != "yes" for vote in ballot.votes),
    "any": lambda ballot: True,
    "in turn": lambda ballot: "no" in ballot.votes,
    "percentage": lambda ballot: ballot.yes() * 3 >= len(ballot.seats) * 2,
    "weighted": lambda ballot: ballot.weight("yes") * 2 > ballot.weight("yes", "no", "recuse", None),
    "quorum": lambda ballot: len(ballot.votes) >= 2,
    "recusal": lambda ballot: ballot.yes() * 2 > len(ballot.seats) - ballot.votes.count("recuse"),
}
SEQUENTIAL = {"in turn"}
