"""Diagrams that several tests drive."""

from .drawing import Draw, document, line, many


def loop(kind):
    """A decision after a body: again or on. The body is two tasks, a parallel block, a multi-instance or a call."""
    d, others = Draw(), []
    d.start(), d.xor("m", "g"), d.end(), d.task("d", ["again"])
    if kind == "tasks":
        first = last = d.task("a", ["k"])
    elif kind == "block":
        d.block(d.task("x", ["vx"]), d.task("y", ["vy"]))
        first, last = "split", "join"
    elif kind == "each":
        first = last = d.task("mi", ["opinion"], loop=many())
    else:
        first = last = d.call("call", "q", inputs=[("=k", "given")], outputs=[("=inner", "k")])
        q = Draw("q")
        q.flow(q.start("qs"), q.task("in1", ["inner"]), q.task("in2", ["other"]), q.end("qe"))
        others = [q]
    d.flow("s", "m", first), d.flow(last, "d", "g")
    d.flow("g", "m", when="=again = true"), d.flow("g", "e", default=True)
    return document(d, *others)


def one_round(driver, kind, again, number=0, order=("x", "y")):
    """Completes the body of `loop(kind)` once, and the decision."""
    if kind == "tasks":
        driver.do("a", k=number)
    elif kind == "block":
        for branch in order:
            driver.do(branch, **{f"v{branch}": number})
    elif kind == "each":
        for index in range(len(driver.data()["units"])):
            driver.do(f"mi#{index}", opinion=number)
    else:
        driver.do("call/in1", inner=number), driver.do("call/in2", other=number)
    driver.do("d", again=again)


def each(condition="", *, sequential=False, collection="=units", inputs=()):
    """One multi-instance of a task, and a task after it."""
    d = Draw()
    loop = many(collection, condition=condition, sequential=sequential)
    d.flow(d.start(), d.task("mi", ["opinion"], inputs=inputs, loop=loop), d.task("after", ["z"]), d.end())
    return document(d)


def timed(text="P1D", *, interrupt=True, tag="timeDuration"):
    """A task `a` with a boundary timer `late` that leads to `r`; after `a` comes `b`."""
    d = Draw()
    d.flow(d.start(), d.task("a", ["k"]), d.task("b", ["k"]), d.end())
    d.flow(d.timer("late", "a", text, interrupt=interrupt, tag=tag), d.task("r", ["k"]), d.end("e2"))
    return document(d)


def journey():
    """A task, a block (one branch of two tasks), a task, a multi-instance with a timer, a called process, a task."""
    d = Draw()
    for name, output in (
        ("first", "k"),
        ("x", "vx"),
        ("x2", "vx"),
        ("y", "vy"),
        ("mid", "k"),
        ("r", "k"),
        ("last", "k"),
    ):
        d.task(name, [output])
    d.start(), d.end(), d.end("e2"), d.block(("x", "x2"), "y")
    d.task("mi", ["opinion"], loop=many()), d.call("call", "q")
    d.flow("s", "first", "split"), d.flow("join", "mid", "mi", "call", "last", "e")
    d.flow(d.timer("b", "mi"), "r", "e2")
    return document(d, line("in1", "in2", process="q"))
