"""Numbers without holes: taken inside the transaction that uses them."""

from engine.store import Transaction, insert_into
from engine.store.tables import number_sequence


def take_number(transaction: Transaction, authority: str, year: int) -> int:
    """The next number of a sequence, locked until the commit, so that a rollback leaves no hole."""
    return take_numbers(transaction, authority, year, 1)[0]


def take_numbers(transaction: Transaction, authority: str, year: int, count: int) -> range:
    """As many numbers one after another, in one statement."""
    statement = insert_into(transaction, number_sequence).values(authority=authority, year=year, last=count)
    statement = statement.on_conflict_do_update(
        index_elements=["authority", "year"], set_={"last": number_sequence.c.last + count}
    ).returning(number_sequence.c.last)
    last = int(transaction.execute(statement).scalar_one())
    return range(last - count + 1, last + 1)
