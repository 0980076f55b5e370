"""Random diagrams, and an oracle that says from the structure alone what is open and which flows were taken."""

from collections import Counter
from itertools import pairwise

from hypothesis import strategies as st

from .drawing import Draw, document, many


def depth(shape):
    """How many processes and sub-processes lie in each other."""
    inner = max((depth(part) for part in shape if isinstance(part, tuple | list)), default=0)
    return inner + (bool(shape) and shape[0] in ("call", "sub", "many"))


ACTIVITY = st.deferred(
    lambda: st.one_of(
        st.just(("task",)),
        st.tuples(st.just("mi"), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("call"), BODY),
        st.tuples(st.just("sub"), BODY),
        st.tuples(st.just("many"), st.integers(0, 2), st.booleans(), st.booleans(), BODY),
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
        self.count, self.draws = 0, []
        self.tree = self.scope(Draw(), shape)
        self.xml = document(*self.draws)

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
        return getattr(self, "draw_" + shape[0])(d, *shape[1:])

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
        event, merge, late = self.name("b"), self.name("m"), self.name("r")
        d.timer(event, first, interrupt=interrupting)
        d.task(late, ["v"]), d.xor(merge), d.flow(first, merge), d.flow(event, late)
        after = merge if interrupting else d.end("e" + late)
        d.flow(late, after)
        flows = [f"f_{first}_{merge}"], [f"f_{event}_{late}"], [f"f_{late}_{after}"]
        return first, merge, ("timer", interrupting, tree, ("task", late), *flows)

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
        return [*self.parts, *(self.extras if self.kind == "scope" else [])]

    def do(self, name, again):
        if name in self.todo:
            self.todo.remove(name)
            if self.kind == "xor":
                self.way = 0 if again else 1
                self.take([*self.tree[4], self.tree[5][self.way]])
                self.parts = [self.make(self.tree[2 + self.way])]
            elif self.kind == "loop":
                self.take([*self.tree[5], self.tree[6 if again else 7]])
                self.done = not again
                if again:
                    self.round()
            return
        for part in self.everything():
            part.do(name, again)

    def fire(self):
        """Every armed timer fires: an outer interrupting one takes away what is inside."""
        if self.done:
            return
        if self.kind == "timer" and self.armed:
            self.armed = False
            self.take(self.tree[5])
            if self.tree[1]:
                self.parts = [self.make(self.tree[3])]
                return
            extra = self.make(self.tree[3])
            extra.leave = self.tree[6]
            self.extras.append(extra)
        for part in [*self.parts, *(list(self.extras) if self.kind == "scope" else [])]:
            part.fire()


def places(tree, at=""):
    """Every node one can return to, as a path; those in an item are there only while the item runs."""
    kind = tree[0]
    if kind in ("task", "mi", "call", "xor", "loop", "many"):
        yield at + tree[1]
    if kind == "call":
        yield from places(tree[2], at + tree[1] + "/")
    elif kind == "many":
        for index in range(tree[2]):
            yield from places(tree[4], f"{at}{tree[1]}#{index}{tree[5]}/")
    else:
        parts = [part for each in tree[1:] for part in (each if isinstance(each, list) else [each])]
        for part in parts:
            if isinstance(part, tuple):
                yield from places(part, at)
