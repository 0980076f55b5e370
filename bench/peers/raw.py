"""The floor: SpiffWorkflow alone, its state as JSON in one row. usage: raw.py FOLDER DATABASE_URL"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from bench.peers.worker import PAIRS, answers, serve
from engine.store import open_database

DIAGRAM = Path(__file__).with_name("loop.bpmn")
TABLE = sa.Table("instance", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("state", sa.Text))


def main(folder: str, url: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    database = open_database(url or f"sqlite:///{Path(folder) / 'raw.db'}")
    TABLE.metadata.drop_all(database)
    TABLE.metadata.create_all(database)
    parser, serializer = BpmnParser(), BpmnWorkflowSerializer()
    text = DIAGRAM.read_text(encoding="utf-8").replace("%CONDITION%", "again == 'yes'")
    parser.add_bpmn_xml(etree.fromstring(text.encode()))
    spec = parser.get_spec("loop")

    def begin() -> int:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        with database.begin() as connection:
            made = connection.execute(sa.insert(TABLE).values(state=serializer.serialize_json(workflow)))
        assert made.inserted_primary_key is not None
        return int(made.inserted_primary_key[0])

    def step(key: int, node: str, values: dict[str, str]) -> Callable[[], object]:
        def complete() -> None:
            with database.begin() as connection:
                state = connection.execute(sa.select(TABLE.c.state).where(TABLE.c.id == key)).scalar_one()
                workflow = serializer.deserialize_json(state)
                (task,) = workflow.get_tasks(state=TaskState.READY, spec_name=node)
                task.data.update(values)
                task.run()
                workflow.do_engine_steps()
                changed = sa.update(TABLE).where(TABLE.c.id == key)
                connection.execute(changed.values(state=serializer.serialize_json(workflow)))

        return complete

    def steps() -> Iterator[Callable[[], object]]:
        key = begin()
        for pair in range(PAIRS):
            for node in ("a", "b"):
                yield step(key, node, answers(pair))
        with database.connect() as connection:
            state = connection.execute(sa.select(TABLE.c.state).where(TABLE.c.id == key)).scalar_one()
        assert json.loads(state)["completed"]

    serve(steps)


if __name__ == "__main__":
    main(*sys.argv[1:])
