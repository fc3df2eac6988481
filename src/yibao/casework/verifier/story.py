"""What a case is after its actions: its state, its level, its signatures and its deadlines."""

from __future__ import annotations

from datetime import date
from typing import Any

from yibao.casework.verifier.texts import canonical
from yibao.casework.verifier.workdays import PUBLISHED_UNTIL, working_day_after, working_days_in

REVIEW = ("accepted", "in_review")
OPEN = ("draft", "submitted", "correction_due", "accepted", "in_review", "approved", "executing")
CLOSED = ("not_accepted", "refused", "completed", "withdrawn")
# verb: (states it may happen in, state it leads to; none where the state stays)
VERBS: dict[str, tuple[tuple[str, ...], str]] = {
    "submit": (("draft",), "submitted"),
    "ask_correction": (("submitted", *REVIEW), "correction_due"),
    "resubmit": (("correction_due",), "submitted"),
    "accept": (("submitted",), "accepted"),
    "not_accept": (("submitted",), "not_accepted"),
    "approve": (REVIEW, "in_review"),
    "refuse": (REVIEW, "refused"),
    "evidence_changed": ((*REVIEW, "approved"), "accepted"),
    "pay": (("approved",), "executing"),
    "bounce": (("executing",), "approved"),
    "confirm_paid": (("executing",), "completed"),
    "complete": (("approved",), "completed"),
    "withdraw": (OPEN[:-1], "withdrawn"),
    "save_answers": (("draft", "correction_due"), ""),
    "attach": (("draft", "submitted", "correction_due"), ""),
    "detach": (("draft", "correction_due"), ""),
    **{verb: (OPEN, "") for verb in ("decide", "take", "release", "hand_over", "assign", "escalate")},
    **{verb: ((*OPEN, *CLOSED), "") for verb in ("note", "print")},
}
ENTERING = ("open", "save_answers", "attach", "detach", "submit", "resubmit")
SETS_EVIDENCE = (*ENTERING, "accept", "decide", "evidence_changed")
NO_LIMIT = date.max


class Clock:
    """A limit in working days; it stands still while the citizen has the case."""

    def __init__(self, name: str, working_days: int, on: date) -> None:
        self.name, self.working_days, self.started_on, self.used = name, working_days, on, 0
        self.since: date | None = on
        self.finished_on: date | None = None

    def stop(self, on: date) -> None:
        """Stand still from a day on."""
        if self.since is not None:
            self.used += working_days_in(start=self.since, end=on)
            self.since = None

    def go_on(self, on: date) -> None:
        """Run again from a day on."""
        if self.since is None and self.finished_on is None:
            self.since = on

    def finish(self, on: date) -> None:
        """End on a day."""
        if self.finished_on is None:
            self.stop(on)
            self.finished_on = on

    def due(self) -> date | None:
        """Return the last day of the limit, when it runs."""
        return self.since and working_day_after(day=self.since, count=self.working_days - self.used)

    def shown(self) -> dict[str, Any]:
        """Return what the case shows of it."""
        due = self.due()
        return {
            "working_days": self.working_days,
            "started_on": _text(self.started_on),
            "running_since": _text(self.since),
            "days_used": self.used,
            "due_on": _text(due),
            "due_provisional": _provisional(due),
            "finished_on": _text(self.finished_on),
        }


class Story:
    """A case, told by its actions one after another."""

    def __init__(self, first: dict[str, Any], data: dict[str, Any]) -> None:
        if first["kind"] != "open" or first["seq"] != 1:
            raise ValueError(f"a case begins with open, not with {first['kind']}")
        self.service, self.region, self.person = data["service"], data["region"], data["person"]
        self.unit = str(data.get("acting", {}).get("unit", "")) or None
        self.state, self.level, self.round = "draft", 0, 1
        self.levels: list[dict[str, Any]] = []
        self.signatures: list[list[Any]] = []
        self.entered: set[str] = set()
        self.holder, self.evidence, self.pack, self.awaits = "", "", "", ""
        self.amount: int | None = None
        self.clocks: list[Clock] = []
        self.opened_on = date.fromisoformat(first["business_date"])
        self.submitted_on: date | None = None
        self.closed_on: date | None = None
        self._take_over(first, data)

    def then(self, action: dict[str, Any], data: dict[str, Any]) -> None:
        """Take in the next action.

        Raises:
            ValueError: The action cannot happen to the case as it stands.
        """
        kind, on = action["kind"], date.fromisoformat(action["business_date"])
        states, after = VERBS.get(kind, ((), ""))
        if self.state not in states:
            raise ValueError(f"{kind} while {self.state}")
        before = (self.state, self.level, self.round)
        shown = (self.evidence, self.amount)
        self.state = after or self.state
        self._step(action, data, on)
        self._take_over(action, data)
        watched = (*REVIEW, "approved")
        changed = shown != (self.evidence, self.amount) and self.round == before[2]
        if changed and before[0] in watched and self.state in watched:
            # What the signatures were given for is no longer there: they are void, and signing begins anew.
            self.state, self.level, self.round = "accepted", 1, self.round + 1
        closes = self.state in CLOSED and before[0] not in CLOSED
        self._run_clocks(kind, on, data, closes)
        if before != (self.state, self.level, self.round):
            self.holder = ""
        if closes:
            self.closed_on = on

    def waiting(self) -> list[str]:
        """Return the roles whose turn it is; somebody else's where the case says so."""
        if self.awaits and self.state in OPEN:
            return [self.awaits]
        if self.state in REVIEW:
            level = self.levels[self.level - 1]
            signed = [role for round_, number, role, *_ in self.signatures if (round_, number) == self._place()]
            left = [role for role in level["roles"] if role not in signed]
            return left[:1] if level["order"] == "sequence" else left
        return {"submitted": ["clerk"], "approved": ["finance"], "executing": ["finance"]}.get(self.state, [])

    def columns(self) -> dict[str, Any]:
        """Return what the case shows of itself."""
        due = self.due()
        return {
            "service": self.service,
            "region": self.region,
            "state": self.state,
            "level": self.level,
            "process": canonical(self.levels),
            "due_on": _text(due),
            "due_provisional": _provisional(due),
            "holder_id": int(self.holder) if self.holder else None,
            "entered_by_id": min(map(int, self.entered), default=None),
            "pack_version_id": self.pack or None,
            "evidence_hash": self.evidence,
            "amount_fen": self.amount,
            "opened_on": _text(self.opened_on),
            "submitted_on": _text(self.submitted_on),
            "closed_on": _text(self.closed_on),
            "person_id": self.person,
            "unit_id": self.unit,
        }

    def due(self) -> date | None:
        """Return the first deadline of the clocks that run."""
        return min((day for day in (clock.due() for clock in self.clocks) if day), default=None)

    def _place(self) -> tuple[int, int]:
        return self.round, self.level

    def _step(self, action: dict[str, Any], data: dict[str, Any], on: date) -> None:
        kind = action["kind"]
        if kind == "submit":
            self.submitted_on = self.submitted_on or on
        elif kind == "accept":
            self.levels, self.level = _levels(data["levels"]), 1
        elif kind == "approve":
            self._sign(action)
        elif kind == "ask_correction":
            self.round, self.level = self.round + bool(self.level), 0
        elif kind == "evidence_changed":
            self.round, self.level = self.round + 1, 1
        elif kind in ("take", "hand_over", "assign"):
            self.holder = str(data.get("holder", action["actor_id"]))
        elif kind == "release":
            self.holder = ""

    def _sign(self, action: dict[str, Any]) -> None:
        told = [action["role"], int(action["actor_id"]), action["at"], action["evidence_hash"]]
        self.signatures.append([*self._place(), *told])
        if not self.waiting():
            if self.level == len(self.levels):
                self.state = "approved"
            else:
                self.level += 1

    def _take_over(self, action: dict[str, Any], data: dict[str, Any]) -> None:
        if action["kind"] in ENTERING and action["actor_kind"] == "staff":
            self.entered.add(action["actor_id"])
        if action["kind"] in SETS_EVIDENCE and action["evidence_hash"]:
            self.evidence = action["evidence_hash"]
        self.amount, self.pack = data.get("amount_fen", self.amount), data.get("pack", self.pack)
        self.awaits = data.get("awaits", self.awaits)

    def _run_clocks(self, kind: str, on: date, data: dict[str, Any], closes: bool) -> None:
        started, ended = dict(data.get("clocks", {})), data.get("clocks_ended", ())
        if closes:
            for clock in self.clocks:
                clock.finish(on)
            return
        for clock in self.clocks:
            if clock.name in ended:
                clock.finish(on)
            if kind == "ask_correction":
                clock.stop(on)
            elif kind == "resubmit" and clock.name == "correction":
                clock.finish(on)
            elif kind == "resubmit":
                clock.go_on(on)
        kept = [clock for clock in self.clocks if clock.name not in started]
        self.clocks = kept + [Clock(name, days, on) for name, days in sorted(started.items())]


def _levels(plain: list[dict[str, Any]]) -> list[dict[str, Any]]:
    levels = [
        {"level": number, "roles": list(level["roles"]), "order": level.get("order", "any")}
        for number, level in enumerate(plain, 1)
    ]
    for level in levels:
        roles = level["roles"]
        if not roles or len(set(roles)) < len(roles) or level["order"] not in ("any", "sequence"):
            raise ValueError(f"nobody can sign level {level}")
    if not levels:
        raise ValueError("accepted without a level of approval")
    return levels


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _provisional(day: date | None) -> bool:
    return day is not None and day.year > PUBLISHED_UNTIL
