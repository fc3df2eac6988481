"""Steps written one by one as they are taken, or many planned first and written together: the same steps either way.

A service takes its steps by a `Writer` and never writes past it. `AtOnce` writes each as it comes, with every check of
the store behind it. `Together` keeps what several cases need and writes it in a handful of statements: a case whose
step fails is taken out of it and done alone, and so is all of it where what is in the database differs from the plan.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.db import models

from yibao.casework.actors import Actor
from yibao.casework.standing import Standing
from yibao.ledger.journal import Draft
from yibao.store import cases, chains, posting, projection, ready
from yibao.store.exchange import sending
from yibao.store.messages import telling
from yibao.store.models import Case, CaseAction
from yibao.store.refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

Into = tuple[models.Model, str]
"""A row and the name of its column that gets the key of a posting, or of another row."""


class Apart(Exception):
    """This case wants a way of its own: it is done alone."""


class Writer(Protocol):
    """What a step is written by."""

    together: bool
    """Whether it is one of several; a rare way then raises `Apart`."""

    def act(
        self, case: Case, kind: str, *, by: Actor, on: date, at: datetime, role: str = "", reason: str = "",
        evidence_hash: str = "", seen: str | None = None, data: Mapping[str, Any] | None = None,
    ) -> Case:  # fmt: skip
        """Take a step on a case; arguments as those of `cases.act`."""

    def change(self, row: models.Model, *fields: str) -> None:
        """Write fields of a row that is there."""

    def add(self, row: models.Model, *, into: Into | None = None) -> None:
        """Write a new row; nothing may rest on its key but the row it goes into, added or changed afterwards."""

    def post(self, draft: Draft, *, at: datetime, into: Into | None = None) -> None:
        """Post a draft; add or change the row its key goes into afterwards."""

    def say(self, *, thread: str, kind: str, body: dict[str, Any], sender: str, receiver: str, key: str,
            at: datetime) -> None:  # fmt: skip
        """Say something to another area; arguments as those of `exchange.send`."""


class AtOnce:
    """Writes each thing as it comes, inside the caller's transaction."""

    together = False

    def act(self, case: Case, kind: str, *, by: Actor, on: date, at: datetime, **more: Any) -> Case:
        """Take a step on a case."""
        return cases.act(number=case.number, kind=kind, by=by, on=on, at=at, **more)

    def change(self, row: models.Model, *fields: str) -> None:
        """Write fields of a row."""
        row.save(update_fields=fields)

    def add(self, row: models.Model, *, into: Into | None = None) -> None:
        """Write a new row."""
        row.save(force_insert=True)
        if into is not None:
            setattr(into[0], into[1], row)

    def post(self, draft: Draft, *, at: datetime, into: Into | None = None) -> None:
        """Post a draft."""
        made = posting.post(draft=draft, at=at)
        if into is not None:
            setattr(into[0], into[1], made)

    def say(self, **said: Any) -> None:
        """Say something to another area."""
        sending.send(**said)


AT_ONCE = AtOnce()


@dataclass(slots=True)
class _Planned:
    """What is planned, in the order it was."""

    taken: list[tuple[cases.Step, CaseAction]] = field(default_factory=list)
    added: list[models.Model] = field(default_factory=list)
    keyed: list[tuple[models.Model, Into]] = field(default_factory=list)
    changed: list[tuple[models.Model, tuple[str, ...]]] = field(default_factory=list)
    posted: list[tuple[Draft, Into | None]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)

    def parts(self) -> tuple[list[Any], ...]:
        """Return its lists."""
        return self.taken, self.added, self.keyed, self.changed, self.posted, self.said


class Together:
    """Keeps what many cases need, to be written by `send`.

    Args:
        held: The cases, locked by the caller's transaction; those opened in it come by `opened`.
        at: Now.
        standings: Where they stand, by the key of the case, where it was read already.
    """

    together = True

    def __init__(self, *, held: Sequence[Case], at: datetime, standings: Mapping[int, Standing] | None = None) -> None:
        self._at = at
        self._standings = dict(chains.standings(held) if standings is None else standings)
        self._planned = _Planned()

    @contextmanager
    def planning(self) -> "Iterator[None]":
        """Plan one case; what it planned is forgotten where it fails, and the error goes on."""
        before = [len(part) for part in self._planned.parts()]
        try:
            yield
        except Exception:
            for part, count in zip(self._planned.parts(), before, strict=True):
                del part[count:]
            raise

    def opened(self, case: Case, step: cases.Step) -> None:
        """Begin with a case that was opened, by its first step."""
        self._take(case, step)

    def act(
        self, case: Case, kind: str, *, by: Actor, on: date, at: datetime, role: str = "", reason: str = "",
        evidence_hash: str = "", seen: str | None = None, data: Mapping[str, Any] | None = None,
    ) -> Case:  # fmt: skip
        """Plan a step on a case."""
        step = cases.step(
            case=case, before=self._standings[case.pk], kind=kind, acting=cases.Acting(by, at, on, role),
            reason=reason, evidence_hash=evidence_hash, seen=seen, data=data,
        )  # fmt: skip
        self._take(case, step)
        return case

    def _take(self, case: Case, step: cases.Step) -> None:
        self._standings[case.pk] = step.after
        case.state = step.after.state
        self._planned.taken.append((step, cases.chained(step)))
        chains.remember(chain_hash=step.case.chain_hash, standing=step.after)

    def change(self, row: models.Model, *fields: str) -> None:
        """Plan to write fields of a row."""
        self._planned.changed.append((row, fields))

    def add(self, row: models.Model, *, into: Into | None = None) -> None:
        """Plan a new row."""
        if into is None:
            self._planned.added.append(row)
        else:
            self._planned.keyed.append((row, into))

    def post(self, draft: Draft, *, at: datetime, into: Into | None = None) -> None:
        """Plan a posting."""
        self._planned.posted.append((draft, into))

    def say(self, **said: Any) -> None:
        """Plan a message."""
        self._planned.said.append(said)

    def send(self, *, beside: Callable[[ready.Writes], int] | None = None) -> int:
        """Write all of it; ledger accounts are locked first, then the threads of messages.

        Args:
            beside: Adds what is written along, at least one row, and returns its place among the parts.

        Returns:
            How many rows `beside` wrote.

        Raises:
            Refused: Something is not as it was planned; end the transaction and do each case alone.
        """
        planned, writes = self._planned, ready.Writes()
        if planned.posted:
            self._post()
        self._key()
        for rows in _by_model(planned.added):
            writes.insert(rows)
        self._change(writes)
        said = self._say(writes)
        writes.insert([row for _, row in planned.taken])
        place = beside(writes) if beside is not None else None
        telling.after_actions(((one.case, one.action, one.after) for one, _ in planned.taken), writes=writes)
        counts = projection.write(self._moved(), beside=writes)
        if said is not None and counts[said] != len(planned.said):
            raise refuse("key_reused")
        return counts[place] if place is not None else 0

    def _say(self, writes: ready.Writes) -> int | None:
        """Add the messages; one that was said before is passed over, so that it is missed when they are counted."""
        if not self._planned.said:
            return None
        return writes.insert(sending.written_all(self._planned.said), ignore_conflicts=True)

    def _post(self) -> None:
        made = posting.post_all(drafts=[draft for draft, _ in self._planned.posted], at=self._at)
        for (_, into), row in zip(self._planned.posted, made, strict=True):
            if into is not None:
                setattr(into[0], into[1], row)

    def _key(self) -> None:
        """Write the rows whose keys are wanted at once; Django writes them: some compute a column as they are saved."""
        for rows in _by_model([row for row, _ in self._planned.keyed]):
            type(rows[0])._default_manager.bulk_create(rows)
        for row, (holder, name) in self._planned.keyed:
            setattr(holder, name, row)

    def _change(self, writes: ready.Writes) -> None:
        """Write the same fields of all changed rows of a model: those that did not change hold what is stored."""
        fields: dict[type[models.Model], dict[str, None]] = {}
        rows: dict[type[models.Model], dict[Any, models.Model]] = {}
        for row, names in self._planned.changed:
            fields.setdefault(type(row), {}).update(dict.fromkeys(names))
            rows.setdefault(type(row), {})[row.pk] = row
        for model, changed in rows.items():
            sets = tuple(fields[model])
            columns = [model._meta.get_field(name).attname for name in sets]
            values = [[*(getattr(row, column) for column in columns), pk] for pk, row in changed.items()]
            writes.update(model, sets=sets, where=(model._meta.pk.name,), values=values)

    def _moved(self) -> list[projection.Moved]:
        """Return where each case came from and where it is, however many steps it took."""
        found: dict[int, projection.Moved] = {}
        for step, _ in self._planned.taken:
            first = found.get(step.case.pk)
            found[step.case.pk] = projection.Moved(step.case, first.before if first else step.before, step.after)
        return list(found.values())


def _by_model(rows: Sequence[models.Model]) -> list[list[models.Model]]:
    found: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row)
    return list(found.values())
