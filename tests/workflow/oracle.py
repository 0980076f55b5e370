"""Random diagrams, and an oracle that says from the structure alone what is open and which flows were taken."""

from collections import Counter
from itertools import pairwise

from hypothesis import strategies as st

from .drawing import Draw, again, define, document, event, many


def depth(shape):
    """How many processes and sub-processes lie in each other."""
    inner = max((depth(part) for part in shape if isinstance(part, tuple | list)), default=0)
    return inner + (bool(shape) and shape[0] in ("call", "sub", "many", "guard", "fail", "escalate", "stop", "repeat"))


def length(shape):
    """How many steps it may take at most, its loops gone through once."""
    inner = sum(length(part) for part in shape if isinstance(part, tuple | list))
    times = max(shape[1], 1) if shape and shape[0] in ("repeat", "many") else 1
    return 1 + inner * times + (shape[1] if shape and shape[0] in ("mi", "cycle") else 0)


ACTIVITY = st.deferred(
    lambda: st.one_of(
        st.just(("task",)),
        st.tuples(st.just("mi"), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("call"), BODY),
        st.tuples(st.just("sub"), BODY),
        st.tuples(st.just("many"), st.integers(0, 2), st.booleans(), st.booleans(), BODY),
        st.tuples(st.just("repeat"), st.integers(1, 3), st.sampled_from(["task", "call", "sub"]), BODY),
        st.tuples(st.just("guard"), st.sampled_from(["timer", "message"]), st.booleans(), BODY),
        st.tuples(st.just("stop"), BODY),
    )
)
BODY = st.recursive(
    ACTIVITY,
    lambda inner: st.one_of(
        st.tuples(st.just("seq"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("xor"), inner, inner),
        st.tuples(st.just("loop"), inner),
        st.tuples(st.just("and"), st.lists(inner, min_size=2, max_size=5)),
        st.tuples(st.just("timer"), st.booleans(), ACTIVITY),
        st.tuples(st.just("cycle"), st.integers(1, 3), ACTIVITY),
        st.tuples(st.just("or"), st.booleans(), st.lists(inner, min_size=2, max_size=4)),
        st.tuples(st.just("link"), inner, inner),
        st.tuples(st.just("race"), inner, inner),
        st.tuples(st.just("fail"), inner),
        st.tuples(st.just("escalate"), inner),
    ),
    max_leaves=6,
)
SHAPE = BODY.filter(lambda shape: depth(shape) < 7)


class Plan:
    """Draws a structure and gives each node of it a name that the oracle uses too.

    The tree it makes has, beside the names, the ids of the flows a token takes on its way: `enter` before a part and
    `leave` after it are lists of flows kept by the part that draws them.
    """

    def __init__(self, shape):
        self.count, self.draws, self.head, self.level = 0, [], [], 0
        self.tree = self.scope(Draw(), shape)
        self.xml = document(*self.draws, before="".join(self.head))

    def name(self, kind):
        self.count += 1
        return f"{kind}{self.count}"

    def scope(self, d, shape, *, add=True):
        tag = self.name("z")
        start, end = d.start("s" + tag), d.end("e" + tag)
        first, last, tree = self.draw(d, shape)
        d.flow(start, first), d.flow(last, end)
        if add:
            self.draws.append(d)
        return ("scope", tree, [f"f_{start}_{first}"], [f"f_{last}_{end}"])

    def draw(self, d, shape):
        self.level += 1
        drawn = getattr(self, "draw_" + shape[0])(d, *shape[1:])
        self.level -= 1
        return drawn

    def term(self):
        """Longer the deeper: what lies outside fires first, as the oracle has it."""
        return f"PT{60 + self.level}M"

    def message(self):
        name = self.name("msg")
        self.head.append(define("message", name, name))
        return name

    def draw_task(self, d):
        name = d.task(self.name("t"), ["v"])
        return name, name, ("task", name)

    def draw_mi(self, d, size, sequential):
        name = self.name("mi")
        loop = many(numbers(size), output="o" + name, value="={u: u, w: w}", sequential=sequential)
        d.task(name, ["w"], loop=loop)
        return name, name, ("mi", name, size, sequential)

    def draw_call(self, d, body):
        name, inner = self.name("call"), Draw("q" + str(self.count))
        tree = self.scope(inner, body)
        d.call(name, inner.process)
        return name, name, ("call", name, tree)

    def draw_sub(self, d, body):
        name, inner = self.name("sub"), Draw()
        tree = self.scope(inner, body, add=False)
        d.sub(name, inner)
        return name, name, ("call", name, tree)

    def draw_many(self, d, size, sequential, called, body):
        name = self.name("many")
        inner = Draw("q" + name)
        tree = self.scope(inner, body, add=called)
        loop = many(numbers(size), output="o" + name, value="={u: u, v: v}", sequential=sequential)
        if called:
            d.call(name, inner.process, inputs=["u"], outputs=["v"], loop=loop)
        else:
            d.sub(name, inner, loop=loop)
        return name, name, ("many", name, size, sequential, tree, f"/{name}" if called else "")

    def draw_seq(self, d, shapes):
        parts = [self.draw(d, shape) for shape in shapes]
        between = [[]]
        for a, b in pairwise(parts):
            d.flow(a[1], b[0])
            between.append([f"f_{a[1]}_{b[0]}"])
        return parts[0][0], parts[-1][1], ("seq", [part[2] for part in parts], between)

    def draw_and(self, d, shapes):
        split, join = d.both(self.name("split")), d.both(self.name("join"))
        parts = [self.draw(d, shape) for shape in shapes]
        for first, last, _ in parts:
            d.flow(split, first), d.flow(last, join)
        enter = [f"f_{split}_{first}" for first, _, _ in parts]
        leave = [f"f_{last}_{join}" for _, last, _ in parts]
        return split, join, ("and", [part[2] for part in parts], enter, leave)

    def draw_timer(self, d, interrupting, shape):
        first, _, tree = self.draw(d, shape)
        bell, merge, late = self.name("b"), self.name("m"), self.name("r")
        d.timer(bell, first, self.term(), interrupt=interrupting)
        d.task(late, ["v"]), d.xor(merge), d.flow(first, merge), d.flow(bell, late)
        after = merge if interrupting else d.end("e" + late)
        d.flow(late, after)
        flows = [f"f_{first}_{merge}"], [f"f_{bell}_{late}"], [f"f_{late}_{after}"]
        return first, merge, ("timer", interrupting, tree, ("task", late), *flows)

    def draw_cycle(self, d, times, shape):
        first, last, tree = self.draw(d, shape)
        bell, late = self.name("b"), self.name("r")
        d.boundary(bell, first, event("timer", f"R{times}/PT2H", "timeCycle"), interrupt=False)
        d.flow(bell, d.task(late, ["v"]), d.end("e" + late))
        return first, last, ("cycle", times, tree, ("task", late), [f"f_{bell}_{late}"], [f"f_{late}_e{late}"])

    def draw_repeat(self, d, times, kind, body):
        name, loop = self.name("rep"), again(most=str(times))
        if kind == "task":
            d.task(name, ["v"], loop=loop)
            return name, name, ("repeat", times, ("task", name))
        inner = Draw("q" + name)
        tree = self.scope(inner, body, add=kind == "call")
        d.call(name, inner.process, loop=loop) if kind == "call" else d.sub(name, inner, loop=loop)
        return name, name, ("repeat", times, ("call", name, tree))

    def draw_guard(self, d, kind, interrupting, body):
        name, inner, handler, late = self.name("guard"), Draw(), self.name("h"), self.name("r")
        said = self.message() if kind == "message" else ""
        tree = self.scope(inner, body, add=False)
        inner.event_sub(handler, event(kind, said or self.term()), late, interrupt=interrupting, writes="v")
        d.sub(name, inner)
        flows = [f"f_s_{handler}_{late}"], [f"f_{late}_e_{handler}"]
        return name, name, ("guard", name, interrupting, said, tree, handler, late, *flows)

    def draw_stop(self, d, body):
        """A block in a sub-process; the one task beside it terminates all."""
        name, inner, last = self.name("stop"), Draw(), self.name("t")
        first, end, tree = self.draw(inner, body)
        split = inner.both("x" + name)
        inner.flow(inner.start("s" + name), split, first), inner.flow(end, inner.end("e" + name))
        inner.flow(split, inner.task(last, ["v"]), inner.node("endEvent", "z" + name, event("terminate")))
        d.sub(name, inner)
        enter = [f"f_s{name}_x{name}", f"f_x{name}_{first}", f"f_x{name}_{last}"]
        return name, name, ("stop", name, tree, last, enter, [f"f_{end}_e{name}"], [f"f_{last}_z{name}"])

    def draw_fail(self, d, body):
        """A sub-process that ends as it should or by an error, which its boundary catches."""
        name, inner = self.name("fail"), Draw()
        code = self.name("err")
        self.head.append(define("error", code, code))
        first, end, tree = self.draw(inner, body)
        task, number = self.name("d"), self.count
        inner.task(task, [f"c{number}"]), inner.xor("x" + name)
        inner.flow(inner.start("s" + name), first), inner.flow(end, task, "x" + name)
        inner.flow("x" + name, inner.throw("z" + name, event("error", code), tag="endEvent"), when=f"=c{number} = true")
        inner.flow("x" + name, inner.end("e" + name), default=True)
        d.sub(name, inner)
        late, merge = self.name("r"), self.name("m")
        d.boundary("b" + name, name, event("error", code)), d.xor(merge)
        d.flow("b" + name, d.task(late, ["v"]), merge), d.flow(name, merge)
        flows = (
            [f"f_s{name}_{first}"],
            [f"f_{end}_{task}"],
            [f"f_{task}_x{name}"],
            ([f"f_x{name}_e{name}", f"f_{name}_{merge}"], [f"f_x{name}_z{name}", f"f_b{name}_{late}"]),
            [f"f_{late}_{merge}"],
        )
        return name, merge, ("fail", name, tree, task, ("task", late), *flows)

    def draw_escalate(self, d, body):
        name, inner, code = self.name("esc"), Draw(), self.name("up")
        self.head.append(define("escalation", code, code))
        first, end, tree = self.draw(inner, body)
        inner.flow(inner.start("s" + name), inner.throw("x" + name, event("escalation", code)), first)
        inner.flow(end, inner.end("e" + name))
        d.sub(name, inner)
        late = self.name("r")
        d.boundary("b" + name, name, event("escalation", code), interrupt=False)
        d.flow("b" + name, d.task(late, ["v"]), d.end("e" + late))
        enter = [f"f_s{name}_x{name}", f"f_x{name}_{first}", f"f_b{name}_{late}"]
        return name, name, ("escalate", name, tree, ("task", late), enter, [f"f_{end}_e{name}"], [f"f_{late}_e{late}"])

    def draw_or(self, d, from_task, shapes):
        name, number = self.name("o"), self.count
        d.task(name, [f"c{number}"])
        gate, join = name if from_task else d.either(self.name("g")), d.either(self.name("j"))
        if not from_task:
            d.flow(name, gate)
        parts = [self.draw(d, shape) for shape in shapes]
        for index, (first, last, _) in enumerate(parts):
            d.flow(gate, first, when=f"=list contains(c{number}, {index})"), d.flow(last, join)
        d.flow(gate, join, default=True)
        enter = [f"f_{gate}_{first}" for first, _, _ in parts]
        leave = [f"f_{last}_{join}" for _, last, _ in parts]
        before = [] if from_task else [f"f_{name}_{gate}"]
        return name, join, ("or", name, [part[2] for part in parts], before, enter, leave, f"f_{gate}_{join}")

    def draw_link(self, d, one, other):
        parts, name = [self.draw(d, one), self.draw(d, other)], self.name("link")
        d.flow(parts[0][1], d.throw("x" + name, event("link", name)))
        d.flow(d.catch("z" + name, event("link", name)), parts[1][0])
        between = [f"f_{parts[0][1]}_x{name}", f"f_z{name}_{parts[1][0]}"]
        return parts[0][0], parts[1][1], ("seq", [part[2] for part in parts], [[], between])

    def draw_race(self, d, told, late):
        gate, merge, said = d.node("eventBasedGateway", self.name("race")), self.name("m"), self.message()
        d.xor(merge)
        events = d.catch("w" + said, event("message", said)), d.catch("l" + said, event("timer", self.term()))
        parts = [self.draw(d, told), self.draw(d, late)]
        for catch, (first, last, _) in zip(events, parts, strict=True):
            d.flow(gate, catch, first), d.flow(last, merge)
        enter = [f"f_{gate}_{catch}" for catch in events]
        begin = [[f"f_{catch}_{part[0]}"] for catch, part in zip(events, parts, strict=True)]
        leave = [[f"f_{part[1]}_{merge}"] for part in parts]
        return gate, merge, ("race", gate, said, parts[0][2], parts[1][2], enter, begin, leave)

    def decision(self, d):
        name, number = self.name("d"), self.count
        d.task(name, [f"c{number}"])
        gate, merge = self.name("g"), self.name("m")
        d.xor(gate, merge), d.flow(name, gate)
        return name, gate, merge, f"=c{number} = true"

    def draw_loop(self, d, shape):
        name, gate, merge, again = self.decision(d)
        first, last, tree = self.draw(d, shape)
        out = d.xor(self.name("m"))
        d.flow(merge, first), d.flow(last, name), d.flow(gate, merge, when=again), d.flow(gate, out, default=True)
        flows = (
            [f"f_{merge}_{first}"],
            [f"f_{last}_{name}"],
            [f"f_{name}_{gate}"],
            f"f_{gate}_{merge}",
            f"f_{gate}_{out}",
        )
        return merge, out, ("loop", name, tree, *flows)

    def draw_xor(self, d, one, other):
        name, gate, merge, yes = self.decision(d)
        parts = [self.draw(d, one), self.draw(d, other)]
        d.flow(gate, parts[0][0], when=yes), d.flow(gate, parts[1][0], default=True)
        for _, last, _ in parts:
            d.flow(last, merge)
        flows = [f"f_{name}_{gate}"], [f"f_{gate}_{p[0]}" for p in parts], [f"f_{p[1]}_{merge}" for p in parts]
        return name, merge, ("xor", name, parts[0][2], parts[1][2], *flows)


def numbers(size):
    return f"=[{', '.join(map(str, range(size)))}]"


SCOPES = ("scope", "guard", "stop", "fail", "escalate")


def chosen_of(mask, size):
    """Which of so many branches a number chooses."""
    return [index for index in range(size) if mask >> index & 1]


class Oracle:
    """One part of a structure while it runs. Knows nothing of tokens."""

    def __init__(self, tree, at="", extras=None, taken=None):
        self.tree, self.kind, self.at, self.done, self.extras = tree, tree[0], at, False, extras
        self.parts, self.todo, self.queue, self.armed = [], [], [], False
        self.taken = Counter() if taken is None else taken
        self.counted = set()
        getattr(self, "begin_" + self.kind)()
        self.settle()

    def make(self, tree, at=None, extras=None):
        return Oracle(tree, self.at if at is None else at, self.extras if extras is None else extras, self.taken)

    def take(self, flows):
        self.taken.update(flows)

    def take_once(self, key, flows):
        if key not in self.counted:
            self.counted.add(key)
            self.take(flows)

    # --- Beginning ---

    def begin_task(self):
        self.todo = [self.at + self.tree[1]]

    def begin_mi(self):
        self.todo = [f"{self.at}{self.tree[1]}#{index}" for index in range(self.tree[2])]

    def begin_call(self):
        self.parts = [self.make(self.tree[2], self.at + self.tree[1] + "/")]

    def begin_many(self):
        _, name, size, sequential, tree, inside = self.tree
        self.queue = [(tree, f"{self.at}{name}#{index}{inside}/") for index in range(size)]
        first = self.queue[:1] if sequential else self.queue
        self.queue = self.queue[len(first) :]
        self.parts = [self.make(*each) for each in first]

    def begin_scope(self):
        self.extras = []
        self.take(self.tree[2])
        self.parts = [self.make(self.tree[1])]

    def begin_seq(self):
        self.queue = list(zip(self.tree[1], self.tree[2], strict=True))

    def begin_and(self):
        self.take(self.tree[2])
        self.parts = [self.make(tree) for tree in self.tree[1]]

    def begin_timer(self):
        self.parts, self.armed = [self.make(self.tree[2])], True

    begin_cycle = begin_timer

    def begin_repeat(self):
        self.rounds, self.parts = 1, [self.make(self.tree[2])]

    def begin_scope_in(self, tree, enter):
        """A sub-process: its tokens, and what runs beside them, are its own."""
        self.take(enter)
        self.extras, self.outer = [], self.extras
        self.parts = [self.make(tree, self.at + self.tree[1] + "/")]

    def begin_guard(self):
        self.extras, self.outer, self.armed, self.handlers = [], self.extras, True, {}
        self.parts = [self.make(self.tree[4], self.at + self.tree[1] + "/")]

    def begin_stop(self):
        self.begin_scope_in(self.tree[2], self.tree[4])
        self.todo = [f"{self.at}{self.tree[1]}/{self.tree[3]}"]

    def begin_fail(self):
        self.begin_scope_in(self.tree[2], self.tree[5])
        self.stage = "body"

    def begin_escalate(self):
        extra = self.make(self.tree[3])
        extra.leave = self.tree[6]
        self.extras.append(extra)
        self.begin_scope_in(self.tree[2], self.tree[4])

    def begin_or(self):
        self.todo, self.chosen = [self.at + self.tree[1]], None

    def begin_race(self):
        self.take(self.tree[5])
        self.way = None

    def begin_xor(self):
        self.todo = [self.at + self.tree[1]]

    def begin_loop(self):
        self.round()

    def round(self):
        self.take(self.tree[3])
        self.parts, self.todo, self.deciding = [self.make(self.tree[2])], [], False

    # --- Going on ---

    def settle(self):
        for part in self.parts:
            part.settle()
        if not self.done:
            getattr(self, "settle_" + self.kind)()

    def settle_task(self):
        self.done = not self.todo

    settle_mi = settle_task

    def settle_call(self):
        self.done = all(part.done for part in self.parts)

    def settle_many(self):
        while self.tree[3] and all(part.done for part in self.parts) and self.queue:
            self.parts = [self.make(*self.queue.pop(0))]
        self.done = all(part.done for part in self.parts)

    def settle_scope(self):
        if self.parts[0].done:
            self.take_once("end", self.tree[3])
        for extra in self.extras:
            extra.settle()
            if extra.done:
                self.take_once(id(extra), extra.leave)
        self.done = self.parts[0].done and all(extra.done for extra in self.extras)

    def settle_seq(self):
        while (not self.parts or self.parts[-1].done) and self.queue:
            tree, flows = self.queue.pop(0)
            self.take(flows)
            self.parts = [self.make(tree)]
        self.done = self.parts[-1].done and not self.queue

    def settle_and(self):
        for index, part in enumerate(self.parts):
            if part.done:
                self.take_once(index, [self.tree[3][index]])
        self.done = all(part.done for part in self.parts)

    def settle_timer(self):
        if self.parts[0].done:
            self.done = True
            self.take(self.tree[4] if self.armed or not self.tree[1] else self.tree[6])
            self.armed = False

    def settle_cycle(self):
        self.done = self.parts[0].done

    def settle_repeat(self):
        while self.parts[0].done and self.rounds < self.tree[1]:
            self.rounds += 1
            self.parts = [self.make(self.tree[2])]
        self.done = self.parts[0].done

    def settle_extras(self):
        for extra in self.extras:
            extra.settle()
            if extra.done:
                self.take_once(id(extra), extra.leave)
        return all(extra.done for extra in self.extras)

    def settle_guard(self):
        beside = self.settle_extras()
        self.done = self.parts[0].done and beside
        if self.parts[0].done and self.parts[0].kind == "task":
            self.take_once("handler", self.tree[8])

    def settle_stop(self):
        self.settle_extras()
        if self.parts and self.parts[0].done:
            self.take_once("end", self.tree[5])
        if not self.todo:
            self.take_once("stop", self.tree[6])
            self.parts, self.extras, self.done = [], [], True

    def settle_fail(self):
        beside = self.settle_extras()
        if self.stage == "body" and self.parts[0].done:
            self.take(self.tree[6])
            self.stage, self.parts, self.todo = "decide", [], [f"{self.at}{self.tree[1]}/{self.tree[3]}"]
        if self.stage == "fine" and beside:
            self.take_once("left", self.tree[8][0][1:])
            self.done = True
        if self.stage == "failed" and self.parts[0].done:
            self.take_once("left", self.tree[9])
            self.done = True

    def settle_escalate(self):
        beside = self.settle_extras()
        if self.parts[0].done:
            self.take_once("end", self.tree[5])
        self.done = self.parts[0].done and beside

    def settle_or(self):
        if self.chosen is None:
            return
        for index, part in zip(self.chosen, self.parts, strict=True):
            if part.done:
                self.take_once(index, [self.tree[5][index]])
        self.done = all(part.done for part in self.parts)

    def settle_race(self):
        if self.way is not None and self.parts[0].done:
            self.take(self.tree[7][self.way])
            self.done = True

    def settle_xor(self):
        self.done = not self.todo and all(part.done for part in self.parts)
        if self.done:
            self.take([self.tree[6][self.way]])

    def settle_loop(self):
        if not self.deciding and self.parts[0].done:
            self.take(self.tree[4])
            self.parts, self.todo, self.deciding = [], [self.at + self.tree[1]], True

    # --- What a person and the clock do ---

    def open(self):
        if self.done:
            return []
        own = self.todo[:1] if self.kind == "mi" and self.tree[3] else self.todo
        return sorted([*own, *(name for part in self.everything() for name in part.open())])

    def everything(self):
        return [*self.parts, *(self.extras if self.kind in SCOPES else [])]

    def do(self, name, again, mask=0):
        """Does one task of that name, the first where a timer opened several; false where there is none."""
        if name in self.todo:
            self.todo.remove(name)
            if self.kind == "or":
                self.choose(mask)
            elif self.kind == "fail":
                self.take([*self.tree[7], *self.tree[8][again][: 2 if again else 1]])
                self.stage = "failed" if again else "fine"
                if again:
                    self.extras, self.parts = [], [self.make(self.tree[4], extras=self.outer)]
            elif self.kind == "xor":
                self.way = 0 if again else 1
                self.take([*self.tree[4], self.tree[5][self.way]])
                self.parts = [self.make(self.tree[2 + self.way])]
            elif self.kind == "loop":
                self.take([*self.tree[5], self.tree[6 if again else 7]])
                self.done = not again
                if again:
                    self.round()
            return True
        return any(part.do(name, again, mask) for part in self.everything())

    def choose(self, mask):
        self.chosen = chosen_of(mask, len(self.tree[2]))
        self.take([*self.tree[3], *(self.tree[4][index] for index in self.chosen)])
        if not self.chosen:
            self.take([self.tree[6]])
        self.parts = [self.make(self.tree[2][index]) for index in self.chosen]

    def expected(self):
        """The messages that are waited for."""
        own = []
        if not self.done and self.kind == "race" and self.way is None:
            own = [self.tree[2]]
        if not self.done and self.kind == "guard" and self.armed and self.tree[3]:
            own = [self.tree[3]]
        return own if self.done else [*own, *(name for part in self.everything() for name in part.expected())]

    def receive(self, name):
        """The first that waits for the message, in the order of paths."""
        if self.done:
            return False
        if self.kind == "race" and self.way is None and self.tree[2] == name:
            self.run_race(0)
            return True
        if self.kind == "guard" and self.armed and self.tree[3] == name:
            self.handle()
            return True
        return any(part.receive(name) for part in self.everything())

    def run_race(self, way):
        self.way = way
        self.take(self.tree[6][way])
        self.parts = [self.make(self.tree[3 + way])]

    def handle(self):
        """The event sub-process of a guard begins."""
        _, name, interrupting, said, _, handler, late, enter, leave = self.tree
        self.take(enter)
        inside = f"{self.at}{name}/{handler}"
        if interrupting:
            self.armed, self.extras = False, []
            self.parts = [self.make(("task", late), f"{inside}/")]
            return
        self.armed = bool(said)
        used = [number for number, extra in self.handlers.items() if not extra.done]
        number = next(n for n in range(1, len(used) + 2) if n not in used)
        extra = self.make(("task", late), f"{inside}/" if number == 1 else f"{inside}~{number}/")
        extra.leave = leave
        self.handlers[number] = extra
        self.extras.append(extra)

    def fire(self):
        """Every armed timer fires: an outer interrupting one takes away what is inside."""
        if self.done:
            return
        if self.kind == "race" and self.way is None:
            self.run_race(1)
            return
        begun = list(self.everything())
        if self.kind == "guard" and self.armed and not self.tree[3]:
            self.handle()
            if self.tree[2]:
                return
        if self.kind == "cycle" and self.armed is not False:
            self.fired = getattr(self, "fired", 0) + 1
            self.armed = self.fired < self.tree[1]
            self.take(self.tree[4])
            extra = self.make(self.tree[3])
            extra.leave = self.tree[5]
            self.extras.append(extra)
        if self.kind == "timer" and self.armed:
            self.armed = False
            self.take(self.tree[5])
            if self.tree[1]:
                self.parts = [self.make(self.tree[3])]
                return
            extra = self.make(self.tree[3])
            extra.leave = self.tree[6]
            self.extras.append(extra)
        for part in begun:
            part.fire()


def places(tree, at=""):
    """Every node one can return to, as a path; those in an item are there only while the item runs."""
    kind = tree[0]
    if kind in ("task", "mi", "call", "xor", "loop", "many", "or", "race", "guard", "stop", "fail", "escalate"):
        yield at + tree[1]
    if kind == "repeat":
        yield from places(tree[2], at)
    elif kind in ("guard", "stop", "fail", "escalate"):
        yield from places(tree[4 if kind == "guard" else 2], at + tree[1] + "/")
        yield from [at + tree[1] + "/" + tree[3]] if kind in ("stop", "fail") else []
    elif kind == "call":
        yield from places(tree[2], at + tree[1] + "/")
    elif kind == "many":
        for index in range(tree[2]):
            yield from places(tree[4], f"{at}{tree[1]}#{index}{tree[5]}/")
    else:
        parts = [part for each in tree[1:] for part in (each if isinstance(each, list) else [each])]
        for part in parts:
            if isinstance(part, tuple):
                yield from places(part, at)
