"""Walks the listing procedure with the engine alone: services are played, nothing is stored.

After every act the run is saved and restored, as between two commands of the product.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from workflows import access, deadlines, engine, forms, procedures, services, settings, workdays

BEGAN = datetime(2026, 3, 2, 9, tzinfo=workdays.OFFICE)
KEY = "serious_listing"
OPENING: dict[str, Any] = {
    "subject_id": 1,
    "record_ids": [1],
    "list_code": "market_regulation",
    "region": "410000",
    "harm_class": "market_order",
    "summary": "…",
    "claims_force_majeure": False,
    "claims_no_fault": False,
    "claims_minor_corrected": False,
    "claims_first_slight": False,
    "remarks": "",
}
REGISTRY: dict[str, Any] = {
    "subject_name": "甲",
    "subject_kind": "企业",
    "track": "market",
    "is_person": False,
    "age": None,
    "list_name": "名单",
    "list_registered": True,
    "list_valid": True,
    "list_scope": "national",
    "basis_level": 40,
    "recogniser_level": "county",
    "base_documents": 1,
    "base_in_force": True,
    "superior_consent": False,
}
SERVES = {"signed", "signed_by_other", "left", "arrived"}


@cache
def procedure() -> engine.Procedure:
    """The procedure as the house carries it."""
    files = procedures.load(KEY)
    named = {
        path.removeprefix("forms/").removesuffix(".form"): data
        for path, data in files.items()
        if path.endswith(".form")
    }
    offered = engine.Offered(
        topics=services.TOPICS,
        forms={name: forms.types(forms.parse(data, name)) for name, data in named.items()},
        limits=set(),
        roles=set(access.ROLES),
        facts=procedures.OPENING_FACTS,
    )
    return engine.parse(files, KEY, engine.fact_types(files, KEY, offered))


@cache
def limits() -> tuple[deadlines.Limit, ...]:
    """The limits as they stand now."""
    return deadlines.load_limits(settings.LAW / "limits.yaml")


def limit(limit_id: str, start: datetime) -> deadlines.Deadline:
    """The deadline of a limit that starts to run."""
    found = deadlines.find(limits(), limit_id, start.astimezone(workdays.OFFICE).date())
    return deadlines.compute(found, start, procedures.calendar())


@dataclass
class Walk:
    """One case on its way. `do` completes a task, `send` a message, `at` travels."""

    opening: dict[str, Any] = field(default_factory=dict)
    registry: dict[str, Any] = field(default_factory=dict)
    now: datetime = BEGAN
    answered: dict[int, bool] = field(default_factory=dict)
    unsettled: set[int] = field(default_factory=set)
    """Hearings and reviews that are not settled."""
    grounds: int = 2
    base_left: int = 0
    notice_in_time: bool = True
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.count = 0
        self.procedure = procedure()
        self.run = engine.begin(self.procedure, OPENING | self.opening, self.now, limit)
        self._proceed()

    @property
    def waits(self) -> list[str]:
        """Elements of the open tasks."""
        return [task.element.id for task in self.run.tasks()]

    @property
    def facts(self) -> dict[str, Any]:
        """Facts of the top scope."""
        return self.run.facts[""]

    def do(self, element: str, **answers: Any) -> "Walk":
        """Complete the oldest open task of that element."""
        task = next(one for one in self.run.tasks() if one.element.id == element)
        self.run.complete(task.id, answers)
        return self._proceed()

    def send(self, message: str, **values: Any) -> "Walk":
        """Hand in a message that is waited for."""
        self.run.send(message, values)
        return self._proceed()

    def at(self, instant: str) -> "Walk":
        """Travel; timers due on the way fire."""
        self.now = datetime.fromisoformat(instant).replace(tzinfo=workdays.OFFICE)
        self._restore()
        return self._proceed()

    def serve(self, method: str = "direct", result: str = "signed") -> "Walk":
        """One attempt to serve the document whose service is open longest."""
        return self.do("choose_method", method=method).do(f"serve_{method}", result=result)

    # The ways that several walks share.

    def to_window(self) -> "Walk":
        """From the opening to the window running."""
        return self.draft().serve()

    def draft(self) -> "Walk":
        """From the case to the notice issued."""
        grounds = [{"no": 1, "text": "一"}, {"no": 2, "text": "二"}]
        self.do("draft_case", grounds=grounds, measures=["focus_supervision_market"])
        self.do("draft_notice", grounds=grounds, measures=["focus_supervision_market"])
        return self.do("approve_notice", approved="yes")

    def object(self, *, upheld: int = 0) -> "Walk":
        """An objection, answered and the answer served; `upheld` grounds fall."""
        self.send("objection_received", received_at=self.now.isoformat(), points=[{"no": 1}])
        self.do("assign_verifier", verifier="chen")
        self.do("verify_objection", findings=[{"no": 1, "fallen": upheld}])
        return self.do("approve_answer", approved="yes").serve()

    def ask_for_hearing(self) -> "Walk":
        """A hearing is asked for."""
        return self.send("hearing_requested", hearing_reasons="…")

    def schedule(self, method: str = "direct", result: str = "signed") -> "Walk":
        """Time and place of a hearing, and an attempt to serve the notice of it."""
        return self.do("schedule_hearing").serve(method, result)

    def hold(self, outcome: str = "held") -> "Walk":
        """The hearing as it went; one that was held is recorded and reported on."""
        self.do("hold_hearing", hearing_outcome=outcome)
        return self.do("sign_transcript").do("write_report") if outcome == "held" else self

    def review(self, opinion: str = "pass") -> "Walk":
        """The legal review."""
        return self.do("review_legality", legal_opinion=opinion)

    # How services are played.

    def _proceed(self) -> "Walk":
        self.run.settle()
        while self._step():
            self.run.settle()
        self.seen |= {step.element.id for step in self.run.trail}
        self.seen |= {step.detail["flow"] for step in self.run.trail if step.kind == "flow"}
        self._restore()
        return self

    def _step(self) -> bool:
        for thrown in self.run.thrown:
            if any(one.message == thrown.message for one in self.run.catches()):
                self.run.send(thrown.message, thrown.values)
        self.run.thrown.clear()
        calls = self.run.services()
        if calls:
            play = PLAYED.get(calls[0].topic, lambda _walk, _call: {})
            self.run.complete(calls[0].id, play(self, calls[0]))
        return bool(calls or self.run.queue)

    def _restore(self) -> None:
        if self.run.ended is None:
            self.run = engine.resume(
                self.procedure, self.run.snapshot(), self.run.facts, self.now, limit
            )

    def number(self) -> int:
        """A fresh id."""
        self.count += 1
        return self.count


Played = Callable[[Walk, engine.ServiceCall], dict[str, Any]]


def _attempt(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    served = call.inputs["result"] in SERVES
    return {"served": served, "served_at": walk.now.isoformat() if served else None}


def _window(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    start = datetime.fromisoformat(call.inputs["served_at"])
    return {"window_end": limit(call.inputs["notice_limit"], start).due_at.isoformat()}


def _register(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    objection_id = walk.number()
    walk.answered[objection_id] = False
    received = walk.now
    late = received >= datetime.fromisoformat(walk.facts["window_end"])
    return {
        "objection_id": objection_id,
        "received_at": received.isoformat(),
        "objection_late": late,
    }


def _check(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    return {
        "open_objections": sum(not done for done in walk.answered.values()),
        "open_hearings": len(walk.unsettled),
        "open_reviews": 0,
        "grounds_left": walk.grounds,
    }


def _ask(walk: Walk, fact: str) -> dict[str, Any]:
    number = walk.number()
    walk.unsettled.add(number)
    return {fact: number}


def _register_hearing(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    late = walk.now >= datetime.fromisoformat(walk.facts["window_end"])
    return _ask(walk, "hearing_id") | {"hearing_late": late}


def _register_review(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    return _ask(walk, "review_id") | {"review_asked_at": walk.now.isoformat()}


def _settle(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    [number] = [value for name, value in call.inputs.items() if name.endswith("_id")]
    walk.unsettled.remove(int(number))
    return {"hearing_result": "…"} if "hearing_id" in call.inputs else {}


def _schedule(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    return {"hearing_at": limit("hearing_notice", walk.now).due_at.isoformat()}


def _answer(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    [finding] = walk.run.facts[call.scope]["findings"]
    walk.grounds -= finding["fallen"]
    return {"objection_result": "upheld" if finding["fallen"] else "rejected"}


def _close(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    walk.answered[int(call.inputs["objection_id"])] = True
    return {}


def _issue(walk: Walk, call: engine.ServiceCall) -> dict[str, Any]:
    number = walk.number()
    return {"document_id": number, "document_number": f"殷市监列告〔2026〕{number}号"}


PLAYED: dict[str, Played] = {
    "read_registry": lambda walk, _call: REGISTRY | walk.registry,
    "issue_document": _issue,
    "open_service": lambda walk, _call: {"service_id": walk.number()},
    "record_attempt": _attempt,
    "close_service": lambda walk, _call: {"served": True, "served_at": walk.now.isoformat()},
    "open_window": _window,
    "register_objection": _register,
    "check_objections": _check,
    "record_answer": _answer,
    "close_objection": _close,
    "register_hearing": _register_hearing,
    "schedule_hearing": _schedule,
    "record_hearing_notice": lambda walk, _call: {"notice_in_time": walk.notice_in_time},
    "close_hearing": _settle,
    "register_review": _register_review,
    "close_review": _settle,
    "check_base": lambda walk, _call: {"base_left": walk.base_left},
    "end_procedure": lambda walk, _call: {"was_noticed": bool(walk.facts.get("notice_served"))},
}
