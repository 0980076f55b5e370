import threading
from uuid import RFC_4122, UUID

from engine.store import new_id


def test_later_keys_are_larger_and_none_comes_twice() -> None:
    keys = [new_id() for _ in range(20_000)]
    assert keys == sorted(set(keys))


def test_a_key_is_a_uuid_of_version_7() -> None:
    for _ in range(100):
        key = UUID(new_id())
        assert (key.version, key.variant) == (7, RFC_4122)
        assert len(key.hex) == 32


def test_threads_never_share_a_key_and_each_sees_its_own_grow() -> None:
    made: list[list[str]] = []

    def make() -> None:
        made.append([new_id() for _ in range(2_000)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(keys == sorted(keys) for keys in made)
    assert len({key for keys in made for key in keys}) == 8_000
