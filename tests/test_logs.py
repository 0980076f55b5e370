"""What a process writes to its log."""

import json
import subprocess
import sys

CODE = """
import structlog
from engine import logs
logs.configure()
number = "990000196805120015"
try:
    {}["缺"]
except KeyError:
    structlog.get_logger().error("timer.failed", case="LR-2026-0001", exc_info=True)
"""


def test_a_fault_is_one_line_of_json_on_standard_error_without_the_values_of_the_code():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    (line,) = done.stderr.splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["case"]) == ("timer.failed", "error", "LR-2026-0001")
    assert "KeyError" in told["exception"]
    assert "990000196805120015" not in line
    assert done.stdout == ""
