"""Running one topic on a case, with the deployed files of the listing procedure."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from tests.registry import told
from workflows import procedures, services, store
from workflows.access import SYSTEM, Actor

WANG = Actor(1, "wang", "王承办", 1, "/1/", "caseworker")
ZHAO = Actor(3, "zhao", "赵局长", 1, "/1/", "dept_head")
FACTS: dict[str, Any] = {
    "list_code": "market_regulation",
    "region": "410000",
    "notice_limit": "objection_window_market",
    "grounds": [{"no": 1, "text": "销售不合格胶合板1260张", "evidence_ref": "现场笔录2份"}],
    "measures": list(told.MEASURES),
    "objection_channels": ["当面递交", "邮寄"],
    "contact_person": "王承办",
}


class Desk(told.Desk):
    """The case with its facts and the words of the diagram."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.events: list[tuple[str, dict[str, Any]]] = []

    def note(self, kind: str, **said: Any) -> None:
        self.events.append((kind, said))

    def step(
        self,
        tx: store.Transaction,
        inputs: Mapping[str, Any],
        facts: Mapping[str, Any],
        actor: Actor,
    ) -> services.Step:
        return services.Step(
            tx=tx,
            case=self.case(tx),
            facts={**FACTS, **facts},
            inputs=inputs,
            actor=actor,
            element="element",
            scope="scope",
            now=tx.now,
            bundle=bundle(),
            event=self.note,
        )

    def say(
        self,
        topic: str,
        when: datetime = told.ISSUED,
        inputs: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        actor: Actor = SYSTEM,
    ) -> dict[str, Any]:
        """Run `topic` in its own transaction and check its outputs against its signature."""
        with self.at(when) as tx:
            step = self.step(tx, inputs or {}, facts or {}, actor)
            outputs = services.TOPICS[topic].run(step)
        assert set(outputs) == set(services.TOPICS[topic].outputs)
        return outputs


@lru_cache
def bundle() -> Mapping[str, bytes]:
    return procedures.load("serious_listing")
