"""Messages from case to case: at least once by the job, at most once by the receipt, recorded on both sides."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from engine.audit import Head
from engine.cases import recording
from engine.cases.carrying import carry_numbers
from engine.cases.loading import Loaded, load_case
from engine.cases.sending import DELIVERED, HELD, RECEIVED, SENT, UNHEARD
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Conflict, HuishenError
from engine.installation import Installation
from engine.jobs import Done
from engine.store import Transaction, insert_into, reading
from engine.store.tables import awaited, case, message, receipt
from engine.store.values import decode

Row = dict[str, Any]


def deliver_message(installation: Installation, payload: Row, done: Done) -> None:
    """To every other case that waits for the message now, a transaction each; then the sender's record says to whom."""
    with reading(installation.database) as transaction:
        sent = _message(transaction, payload["message"])
        waiting = sa.select(awaited.c.case_id).where(
            awaited.c.name == sent["name"],
            awaited.c.correlation == sent["correlation"],
            awaited.c.case_id != sent["case_id"],
        )
        found = dict.fromkeys(transaction.execute(waiting.order_by(awaited.c.id)).scalars())
    _hand_on(installation, [(sent, case_id) for case_id in found])
    command(installation, lambda transaction: _settle(installation, transaction, sent["id"], done))


def take_messages(installation: Installation, payload: Row, done: Done) -> None:
    """What was kept for a case that begins to wait, and what came while it stood still."""
    case_id = payload["case"]
    with reading(installation.database) as transaction:
        found = _kept_for(transaction, case_id, installation.clock.now())
    _hand_on(installation, [(sent, case_id) for sent in found])
    for sent in found:
        command(installation, lambda t, key=sent["id"]: _settle(installation, t, key, _nothing))  # type: ignore[misc]
    command(installation, done)


def _nothing(_transaction: Transaction) -> None:
    """Of several messages that were taken, the job ends once."""


def _message(transaction: Transaction, message_id: str) -> Row:
    return dict(transaction.execute(sa.select(message).where(message.c.id == message_id)).mappings().one())


def _kept_for(transaction: Transaction, case_id: str, now: Any) -> list[Row]:
    """The messages that nobody has taken yet, and those that this case holds, the oldest first."""
    held = sa.select(receipt.c.message_id).where(receipt.c.case_id == case_id, receipt.c.state == HELD)
    waits = sa.select(awaited.c.id).where(
        awaited.c.case_id == case_id,
        awaited.c.name == message.c.name,
        awaited.c.correlation == message.c.correlation,
    )
    kept = sa.and_(message.c.state == SENT, message.c.keep_until > now, message.c.case_id != case_id, waits.exists())
    query = sa.select(message).where(sa.or_(message.c.id.in_(held), kept)).order_by(message.c.id)
    return [dict(row) for row in transaction.execute(query).mappings()]


def _hand_on(installation: Installation, letters: Iterable[tuple[Row, str]]) -> None:
    """Each to its case; one that cannot take its message holds up no other, and the job comes again for it."""
    fault: HuishenError | None = None
    for sent, case_id in letters:
        try:
            command(installation, lambda t, s=sent, c=case_id: _receive(installation, t, s, c))  # type: ignore[misc]
        except HuishenError as error:
            fault = fault or error
    if fault is not None:
        raise fault


def _receive(installation: Installation, transaction: Transaction, sent: Row, case_id: str) -> None:
    """The case takes the message once: where it has, or does not wait any more, nothing happens."""
    loaded = load_case(transaction, case_id)
    mine = (receipt.c.message_id == sent["id"], receipt.c.case_id == case_id)
    known = transaction.execute(sa.select(receipt.c.state).where(*mine)).scalar_one_or_none()
    if known == RECEIVED or loaded.case["closed_at"] is not None:
        return
    if loaded.case["suspended_at"] is not None:
        if known is None:
            _hold(installation, transaction, sent, loaded)
        return
    step = Step(installation, transaction, loaded, None, hops=sent["hops"] + 1)
    values = decode(sent["values"])
    try:
        reached = step.run.receive(sent["name"], values, decode(sent["key"]))
    except Conflict:
        return
    carry_numbers(installation, transaction, sent["case_id"], case_id, values)
    noted = {"name": sent["name"], "reached": reached, **_from(transaction, sent)}
    step.events.append(("case.message", noted | _receipt(transaction, sent, case_id, RECEIVED, step.now)))
    step.write()


def _hold(installation: Installation, transaction: Transaction, sent: Row, loaded: Loaded) -> None:
    now, row = installation.clock.now(), loaded.case
    noted = {"name": sent["name"], **_from(transaction, sent)} | _receipt(transaction, sent, row["id"], HELD, now)
    head = Head(row["id"], row["event_seq"], row["event_hash"])
    recording.record_on_case(transaction, head, [("message.held", noted)], None, now)


def _from(transaction: Transaction, sent: Row) -> Row:
    number = transaction.execute(sa.select(case.c.number).where(case.c.id == sent["case_id"])).scalar_one()
    return {"message": sent["id"], "from": number, "sender": sent["case_id"]}


def _receipt(transaction: Transaction, sent: Row, case_id: str, state: str, now: Any) -> Row:
    """The row by which the case will know the message again, and what the record says of it."""
    columns = {"state": state, "at": now}
    statement = insert_into(transaction, receipt).values({"message_id": sent["id"], "case_id": case_id, **columns})
    changing = {name: statement.excluded[name] for name in columns}
    transaction.execute(statement.on_conflict_do_update(index_elements=["message_id", "case_id"], set_=changing))
    return {"receipts_now": {sent["id"]: columns}}


def _settle(installation: Installation, transaction: Transaction, message_id: str, done: Done) -> None:
    """What the sender's record says: who took it, or that nobody did. A message that is kept stays open until then."""
    now, sent = installation.clock.now(), _message(transaction, message_id)
    head = recording.head_of_case(transaction, sent["case_id"])
    query = sa.select(case.c.number).join(receipt, receipt.c.case_id == case.c.id)
    takers = transaction.execute(query.where(receipt.c.message_id == message_id).order_by(case.c.id)).scalars().all()
    kept = sent["keep_until"] is not None and sent["keep_until"] > now
    state = DELIVERED if takers else SENT if kept else UNHEARD
    if state != sent["state"]:
        transaction.execute(sa.update(message).where(message.c.id == message_id).values(state=state))
        noted = {"name": sent["name"], "message": message_id, "to": list(takers)}
        noted["messages_now"] = {message_id: {"state": state}}
        kind = "message.delivered" if takers else "message.unheard"
        recording.record_on_case(transaction, head, [(kind, noted)], None, now)
    done(transaction)
