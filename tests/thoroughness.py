"""How many examples a property is tried on: a few in every run, many with `--full`."""

from typing import Any

from hypothesis import settings

THOROUGH = "thorough"  # the profile that `--full` loads


def examples(few: int, many: int, **more: Any) -> settings:
    return settings(max_examples=many if settings.get_current_profile_name() == THOROUGH else few, **more)
