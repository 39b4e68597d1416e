"""Bytes that a finished case of four tasks leaves in the database: its rows and their indexes."""

from collections.abc import Iterator

from tests.bench import workload
from tests.bench.places import Place
from tests.bench.results import Row, stage
from workflows.store import Store

MOST = 4096
SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'",
}
COMPACT = {"sqlite": "VACUUM", "postgresql": "VACUUM FULL"}


def measure(place: Place, *, quick: bool) -> Iterator[Row]:
    """The growth of the compacted database per case, on both databases."""
    number = 100 if quick else 500
    for kind in SIZE:
        with stage(f"{number} finished cases, {kind}"):
            house = workload.open_house(place.new_url(kind))
            who = workload.actor(house)
            workload.run_one(house, who)
            before = _size(house, kind)
            for _case in range(number):
                workload.run_one(house, who)
            bytes_each = (_size(house, kind) - before) / number
            house.close()
        yield Row(
            measure=f"bytes per finished case, {kind}",
            ours=f"{bytes_each:.0f}",
            against="",
            ratio=None,
            mark=f"≤ {MOST}",
            passed=bytes_each <= MOST,
            details={"cases": number},
        )


def _size(house: Store, kind: str) -> int:
    with house.engine.connect() as connection:
        connection.exec_driver_sql(COMPACT[kind])
        return int(connection.exec_driver_sql(SIZE[kind]).scalar_one())
