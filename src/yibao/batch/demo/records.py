"""What the demo city is made of before it is stored: plain values, in the words of the case file."""

import hashlib
from dataclasses import dataclass, field
from datetime import date

from yibao.kernel.money import Money
from yibao.kernel.months import Month


@dataclass(frozen=True, slots=True)
class Employer:
    """A firm that does not exist, with a valid credit code."""

    credit_code: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Part:
    """Which fund a part of a payment went to, and who paid it."""

    fund: str
    payer: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Pay:
    """One payment; `credit` and `retiree_credit` are monthly and the same for all its months."""

    kind: str
    start: Month
    end: Month
    amount: Money | None
    payer: str
    paid_on: date | None = None
    years: int | None = None
    collector: str = "tax"
    standard: str | None = None
    parts: tuple[Part, ...] = ()
    credit: Money | None = None
    retiree_credit: Money | None = None
    base: Money | None = None
    rate: int | None = None


@dataclass(slots=True)
class Enrolment:
    """One insured relation with its payments; `end` is the last day, None while it lasts."""

    scheme: str
    joined_as: str
    region: str
    start: date
    end: date | None = None
    tier: int | None = None
    employer: Employer | None = None
    status: str = "normal"
    benefits_from: date | None = None
    pays: list[Pay] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as the record of the agency holds it."""

    kind: str
    on: date
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Benefit:
    """A use of benefits under the enrolment of this position."""

    enrolment: int
    on: date
    kind: str
    amount: Money


@dataclass(slots=True)
class Plant:
    """Why a person was planted: the row meant, and how the person would ask."""

    row: str
    label: str
    en: str
    reason: str
    pays: tuple[tuple[int, int], ...] = ((0, 0),)
    materials: tuple[str, ...] = ()
    applicant: str = "payer"
    channel: str = "app"
    determined: Money | None = None


@dataclass(slots=True)
class Citizen:
    """One person with everything the record holds."""

    index: int
    id_number: str
    name: str
    sex: str
    born: date
    region: str
    phone: str
    died: date | None = None
    retired_on: date | None = None
    groups: tuple[str, ...] = ()
    enrolments: list[Enrolment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    benefits: list[Benefit] = field(default_factory=list)
    plant: Plant | None = None


@dataclass(frozen=True, slots=True)
class City:
    """Everything of one city, before cases."""

    seed: int
    on: date
    region: str
    employers: tuple[Employer, ...]
    citizens: tuple[Citizen, ...]

    def digest(self) -> str:
        """Return the SHA-256 of all values of the city; equal for the same seed, size and day."""
        whole = hashlib.sha256()
        for value in (self.seed, self.on, self.region, *self.employers, *self.citizens):
            whole.update(repr(value).encode())
        return whole.hexdigest()
