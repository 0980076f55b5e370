"""A year of a province: what its people do, and what came of it. Prints tables.

Run it with `script/bench year`. The same that `tests/simulation` proves: 200 associations, some forty cases at a time,
people who are late, ill and mistaken. `--seed` gives other people, `--print-every 1` renders every document in full.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.installations import make_office
from tests.simulation.accounts import whole
from tests.simulation.province import settle
from tests.simulation.statistics import report
from tests.simulation.year import Year

FONTS = Path(__file__).resolve().parent.parent / "instance" / "fonts"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--associations", type=int, default=200)
    parser.add_argument("--at-a-time", type=int, default=40, help="cases that are open at once")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--print-every", type=int, default=40, help="one document in so many is rendered in full")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="huishen-year-") as name:
        folder = Path(name) / "instance"
        folder.mkdir()
        (folder / "fonts").symlink_to(FONTS)
        province = settle(make_office(folder), wanted.associations, 12, wanted.print_every)
        year, begun = Year(province, wanted.seed, wanted.at_a_time), time.process_time()
        year.run(wanted.days, 3 * wanted.days)
        print(report(year))
        print(f"processor's time       {time.process_time() - begun:.0f} s")
        whole(year)
        print("held: nobody stuck, no step lost, every number accounted for, every document and every chain verifies")


if __name__ == "__main__":
    main()
