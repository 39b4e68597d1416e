"""The benchmark: `python -m tests.bench [--json] [--quick] [ROWS…]`; see README.md."""

import argparse
import os
import sys
import traceback
from collections.abc import Iterable

import orjson

from tests.bench import (
    case_size,
    counting,
    importing,
    in_process,
    long_case,
    over_http,
    places,
    results,
    timers,
    worklists,
)
from workflows import logs

MEASURES = {
    "statements": counting.measure,
    "http": over_http.measure,
    "in-process": in_process.measure,
    "worklist": worklists.measure,
    "timers": timers.measure,
    "import": importing.measure,
    "size": case_size.measure,
    "long-case": long_case.measure,
}


def main() -> int:
    """Run the rows asked for, all unless named; returns 1 where one misses its mark."""
    asked = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    asked.add_argument("rows", nargs="*", metavar="ROWS", help=", ".join(MEASURES))
    asked.add_argument("--json", action="store_true", help="everything measured, as JSON")
    asked.add_argument("--quick", action="store_true", help="small sizes, for development")
    given = asked.parse_args()
    if unknown := set(given.rows) - set(MEASURES):
        asked.error(f"no such rows: {', '.join(sorted(unknown))}")
    logs.hush()
    found = list(_run(given.rows or MEASURES, quick=given.quick))
    if given.json:
        told = {"quick": given.quick, "processors": os.cpu_count(), "rows": found}
        sys.stdout.buffer.write(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    else:
        sizes = "small sizes, " if given.quick else ""
        ending = f"{sizes}{os.cpu_count()} processors for servers, databases and clients together"
        sys.stdout.write("\n".join(["", *results.table(found), "", ending, ""]))
    return int(any(row.passed is False for row in found))


def _run(rows: Iterable[str], *, quick: bool) -> Iterable[results.Row]:
    for name in rows:
        try:
            with places.a_place() as place:
                yield from MEASURES[name](place, quick=quick)
        except Exception as fault:  # noqa: BLE001 the other rows are still worth measuring
            traceback.print_exc()
            yield results.Row(
                name, f"{type(fault).__name__}", "", None, "is measured", passed=False
            )


if __name__ == "__main__":
    sys.exit(main())
