"""Numbers without holes: taken inside the transaction that uses them."""

from engine.store import Transaction, insert_into
from engine.store.tables import number_sequence


def take_number(transaction: Transaction, authority: str, year: int) -> int:
    """The next number of a sequence, locked until the commit, so that a rollback leaves no hole."""
    statement = insert_into(transaction, number_sequence).values(authority=authority, year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=["authority", "year"], set_={"last": number_sequence.c.last + 1}
    ).returning(number_sequence.c.last)
    return int(transaction.execute(statement).scalar_one())
