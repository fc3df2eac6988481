"""The record of everybody as relations of a history, read in bulk: what case files would say, without making them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from pydantic import TypeAdapter

from yibao.batch.history import OWN_PAYERS, RELATIONS, UNIT_PAYERS, Lines, event_line, immediate_groups
from yibao.policy import Packs, UnknownRegion
from yibao.policy.casefile import Event
from yibao.store import models as m
from yibao.store.situations import enrolment_key, payment_key

_ONE_DAY = timedelta(days=1)
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_PAID = ("id", "enrolment_id", "kind", "paid_on", "first_month", "end_month", "payer", "years", "amount_fen")


def record(*, packs: Packs, on: date) -> Lines:
    """Return the whole record as lines of the relations of a history.

    Lines come out as those of the case files of `yibao.store.situations`: records of persons merged into another
    are that person's, and positions follow the same order.

    Args:
        packs: say which pool a place belongs to and which groups have benefits at once.
        on: the day the record is looked at.
    """
    merged = dict(m.Person.objects.exclude(merged_into=None).values_list("pk", "merged_into"))
    people = _People(merged, {}, _immediate(packs, on))
    lines: Lines = {name: [] for name in RELATIONS}
    for row in m.Person.objects.filter(merged_into=None).values("pk", "region", "died_on", "retired_on").iterator():
        lines["requests"].append(people.request(packs, row, on))
    for position, row in enumerate(m.Enrolment.objects.values().iterator()):
        lines["enrolments"].append({**_enrolment(row, people), "position": position})
    by_unit = set(m.ContributionPart.objects.filter(payer__in=UNIT_PAYERS).values_list("contribution_id", flat=True))
    for position, row in enumerate(m.Contribution.objects.values("enrolment__person_id", *_PAID).iterator()):
        lines["payments"].append({**_payment(row, people, by_unit), "position": position})
    for position, row in enumerate(m.RecordEvent.objects.exclude(on=None).values().iterator()):
        lines["events"].append(_event(row, people, position))
    for row in m.BenefitUse.objects.values("enrolment_id", "enrolment__person_id", "on", "kind").iterator():
        own = {"person": people.key(row["enrolment__person_id"]), "enrolment": enrolment_key(row["enrolment_id"])}
        lines["benefits"].append({**own, "on_day": row["on"], "kind": row["kind"]})
    return lines


@dataclass(frozen=True, slots=True)
class _People:
    """Whose record a record is, where people are at home, and the groups that have benefits at once."""

    merged: dict[UUID, UUID]
    homes: dict[str, str]
    immediate: dict[UUID, set[str]]

    def key(self, person: UUID) -> str:
        return str(self.merged.get(person, person))

    def request(self, packs: Packs, row: dict[str, Any], on: date) -> dict[str, Any]:
        home = self.homes.setdefault(row["region"], _home(packs, row["region"]))
        immediate = bool(self.immediate.get(row["pk"], set()) & _at_once(packs, home))
        own = {"person": str(row["pk"]), "on_day": on, "home": home, "died": row["died_on"]}
        return {**own, "retired_on": row["retired_on"], "immediate": immediate}


def _immediate(packs: Packs, on: date) -> dict[UUID, set[str]]:
    """Return the groups everybody belongs to on a day."""
    begun, lasting = Q(start=None) | Q(start__lte=on), Q(end=None) | Q(end__gt=on)
    found: dict[UUID, set[str]] = {}
    for person, code in m.PersonGroup.objects.filter(begun, lasting).values_list("person_id", "code"):
        found.setdefault(person, set()).add(code)
    return found


def _at_once(packs: Packs, home: str) -> set[str]:
    region = packs.regions.get(home)
    return immediate_groups(region) if region is not None else set()


def _enrolment(row: dict[str, Any], people: _People) -> dict[str, Any]:
    own = {"person": people.key(row["person_id"]), "enrolment": enrolment_key(row["id"]), "relation": row["category"]}
    days = {"first_day": row["start"], "last_day": row["end"] and row["end"] - _ONE_DAY}
    return {**own, **days, **{name: row[name] for name in ("scheme", "region", "status", "benefits_from")}}


def _payment(row: dict[str, Any], people: _People, by_unit: set[int]) -> dict[str, Any]:
    own = {"person": people.key(row["enrolment__person_id"]), "payment": payment_key(row["id"])}
    kept = {name: row[name] for name in ("kind", "paid_on", "first_month", "payer", "years")}
    unit = row["payer"] == "unit" or row["id"] in by_unit
    rest = {"enrolment": enrolment_key(row["enrolment_id"]), "last_month": row["end_month"] - 1}
    return {
        **own,
        **kept,
        **rest,
        "by_unit": unit,
        "asked": row["payer"] in OWN_PAYERS,
        "amount": row["amount_fen"],
    }


def _event(row: dict[str, Any], people: _People, position: int) -> dict[str, Any]:
    event = _EVENT.validate_python({"kind": row["kind"], "on": row["on"].isoformat(), **row["data"]})
    return event_line(person=people.key(row["person_id"]), position=position, event=event)


def _home(packs: Packs, code: str) -> str:
    try:
        return packs.region_for(code).code
    except UnknownRegion:
        return code
