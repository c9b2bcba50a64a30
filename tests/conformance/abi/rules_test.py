"""The rules on top of the ABI header are a list that a stranger can read: a formatter must not run them together."""
import re
from pathlib import Path

HEADER = Path(__file__).resolve().parents[3] / "sdk" / "include" / "gatehouse" / "abi.h"


def test_every_rule_begins_a_line_and_is_indented_below_it():
    comment = HEADER.read_text().split("*/", 1)[0]
    lines = comment[comment.index("THE RULES"):].rstrip().splitlines()[1:]
    assert re.findall(r"\bR(\d+)\b", "\n".join(lines)) == [str(number) for number in range(1, 11)]
    for line in lines:
        assert re.match(r" \*  (R\d+ +|    )\S", line), line
