"""办理: one command's work on one case, from reading it to the one commit."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows import engine, errors, models, procedures, services
from workflows.access import Actor
from workflows.cases import clocks, history, writing
from workflows.registry import fees
from workflows.services import pausing
from workflows.store import Row, Transaction

_CASE = models.cases.update().where(
    models.cases.c.id == models.given("of_case"), models.cases.c.version == models.given("as_read")
)
_EVENTS = models.events.insert()
_MESSAGE = models.case_messages.update().where(
    models.case_messages.c.id == models.given("of_message")
)


class Handling:
    """A case under one command: the engine's run, what it changes, and its events.

    `case` is a changed copy of the row; nothing is written before `save`, except by the registry
    steps of the diagram, which write in the same transaction.
    """

    def __init__(
        self,
        tx: Transaction,
        case: dict[str, Any],
        actor: Actor,
        deployed: procedures.Deployed,
        run: engine.Run,
        stops: clocks.Stops | None = None,
        *,
        fresh: bool = False,
    ) -> None:
        self.tx = tx
        self.case = case
        self.actor = actor
        self.deployed = deployed
        self.run = run
        self.stops = stops or clocks.Stops(tx, case)
        self.changed: dict[str, Any] = {"number": case["number"]} if fresh else {}
        """Columns that are in indexes, and so are written only where they change."""
        self.events: list[history.Event] = []
        self.tasks_before: set[str] = set() if fresh else {task.id for task in run.tasks()}
        waiting = () if fresh else (*run.timers(), *run.services())
        self.jobs_before = {one.id for one in waiting}
        self.catches_before: set[str] = set() if fresh else {one.id for one in run.catches()}
        self.done: dict[str, int | None] = {}
        """Tokens of tasks completed in this command → by whom."""
        self.unlimited: set[str] = set()
        """Those of them on which no limit rests."""

    def note(
        self,
        kind: str,
        element: str = "",
        *,
        article: str = "",
        before: Any = None,
        after: Any = None,
        documents: Sequence[str] | None = None,
    ) -> None:
        """Add an event; it is sealed and written by `save`."""
        self.events.append(
            history.Event(kind, element, article, before, after, list(documents or []))
        )

    def note_fees(self, element: str, said: Mapping[str, Any]) -> None:
        """Raise an alert for each text that asks somebody to pay for what is free (INV-14)."""
        for field in fees.asking(said):
            self.note("fee_alert", element, article=fees.LAW, after={"field": field})

    def proceed(self) -> None:
        """Let everything happen that needs no person: timers, registry steps, thrown messages."""
        while True:
            self.run.settle()
            self._note_trail()
            if not (self._perform_next() or self._deliver_next()):
                return

    def perform(self, call: engine.ServiceCall) -> None:
        """Do one service step and hand its outputs to the diagram; may raise a Refusal."""
        topic = services.TOPICS[call.topic]
        step = services.Step(
            tx=self.tx,
            case=self.case,
            facts=self.run.facts[call.scope],
            inputs=dict(call.inputs),
            actor=self.actor,
            element=call.element.id,
            scope=call.scope,
            now=self.tx.now,
            bundle=self.deployed.bundle,
            event=self.note,
        )
        stops_clocks = call.topic in pausing.TOPICS
        before = self.stops.rows if stops_clocks else ()
        outputs = topic.run(step)
        if stops_clocks:
            self.stops.renew(before)
        self.run.complete(call.id, outputs)

    def save(self) -> None:
        """Write the case, its tasks, jobs, limits and events; raises CaseChanged when outrun."""
        clocks.align(self)
        if self.run.ended and self.case["status"] == "open":
            self.note("case_ended", self.run.ended)
            self.changed |= {"status": "ended", "ended_reason": self.run.ended}
            self.case |= self.changed | {"ended_at": self.tx.now}
            clocks.close(self)
        events = history.chain(self.case, self.events, self.actor, self.tx.now)
        writes = writing.left_by(self)
        clocks.stop_new(self)
        self._write_case()
        for statement, rows in (*writes, (_EVENTS, events)):
            if rows:
                self.tx.run(statement, rows)

    def receive(self, message: str, values: Mapping[str, Any], by: int | None = None) -> None:
        """Give a message to the diagram if it waits for it; keep it until then if it does not."""
        waiting = message in self._waited()
        self.tx.insert(
            models.case_messages,
            {
                "case_id": self.case["id"],
                "message": message,
                "values": dict(values),
                "status": "delivered" if waiting else "pending",
                "received_at": self.tx.now,
                "delivered_at": self.tx.now if waiting else None,
                "received_by": by,
            },
        )
        if waiting:
            self.run.send(message, dict(values))

    def _perform_next(self) -> bool:
        inline = [call for call in self.run.services() if not services.TOPICS[call.topic].job]
        if inline:
            self.perform(inline[0])
        return bool(inline)

    def deliver(self, kept: Row) -> bool:
        """Give a kept message to the diagram, once; False where nothing waits for it any more."""
        if kept["status"] != "pending" or kept["message"] not in self._waited():
            return False
        told = {"status": "delivered", "delivered_at": self.tx.now}
        self.tx.run(_MESSAGE, [{"of_message": kept["id"], **told}])
        self.run.send(kept["message"], kept["values"])
        return True

    def newly_waited(self) -> set[str]:
        """Messages for which a catch opened in this command: what was kept may now be given."""
        fresh = (one for one in self.run.catches() if one.id not in self.catches_before)
        return {catch.message for catch in fresh}

    def _deliver_next(self) -> bool:
        """Deliver one message that the diagram itself has thrown."""
        if not self.run.thrown:
            return False
        thrown = self.run.thrown.pop(0)
        self.receive(thrown.message, thrown.values)
        return True

    def _waited(self) -> set[str]:
        return {catch.message for catch in self.run.catches()}

    def _note_trail(self) -> None:
        """Turn what the engine did into events: decisions, timers that fired, messages taken."""
        for step in self.run.trail:
            if step.kind in {"decided", "fired"}:
                taken = step.kind == "fired" and step.element.event == "message"
                self.note(
                    "message_taken" if taken else step.kind,
                    step.element.id,
                    article=step.element.properties.get("article", ""),
                    after=step.detail or None,
                )
        self.run.trail.clear()

    def _write_case(self) -> None:
        case = self.case
        kept = ("ended_at", "last_seq", "last_hash", "last_at")
        row = {
            "of_case": case["id"],
            "as_read": case["version"],
            "version": case["version"] + 1,
            "state": self.run.snapshot(),
            "facts": self.run.facts,
            **{name: case[name] for name in kept},
            **self.changed,
        }
        changed = self.tx.run(_CASE, [row])
        if changed != 1:
            raise errors.CaseChanged
