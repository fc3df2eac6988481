"""What a reader narrows the work list by: read from the address, shown as fields and as chips to take off again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

import yibao.services
from yibao.casework.actors import covers
from yibao.casework.officers import OFFICERS
from yibao.casework.standing import OTHER_PLACE
from yibao.kernel.identifiers import mask_name
from yibao.kernel.money import Money, MoneyError
from yibao.policy import UnknownRegion
from yibao.store import queues, seats
from yibao.store.narrowing import HIDDEN, Narrow, Span
from yibao.web.sections import contributions
from yibao.web.words import texts

ROLE_WORDS = "common.role."
APPLICANT = "applicant"
HOLDERS = ("me", "nobody", "others")
GROUPS = ("overdue", "today", "week", "later", "unstarted")
LEVELS_SHOWN = 5
TEXT_MAX = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter with a list of answers: its name in addresses, its words, and the answers with theirs."""

    name: str
    label: str
    answers: Mapping[str, str]
    refine: Any = None

    def words(self, value: str) -> str:
        """Return a chosen answer in words, with the filter's own before it."""
        return f"{self.label}：{self.answers[value]}"


@dataclass(slots=True)
class Filters:
    """The filters of one load of the work list.

    Attributes:
        request: Whose list it is.
        chosen: Every filter that is set and understood: name to value.
        typed: What stands in the text boxes, right or wrong.
        errors: Text boxes that cannot be understood: name to sentence.
        choices: The filters with a list of answers.
    """

    request: HttpRequest
    chosen: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)

    @classmethod
    def read(cls, request: HttpRequest, given: Mapping[str, str] | None = None) -> "Filters":
        """Return the filters of an address; what nobody knows is left out.

        Args:
            request: Whose list it is.
            given: Names and values, when not those of the request's own address.
        """
        asked = request.GET if given is None else given
        found = cls(request, choices={one.name: one for one in choices_of(request)})
        for choice in found.choices.values():
            value = asked.get(choice.name, "")
            if value in choice.answers:
                found.chosen[choice.name] = value
        found.typed = {name: asked.get(name, "").strip()[:TEXT_MAX] for name in ("min", "max", "q")}
        found._amounts()
        if found.typed["q"]:
            found.chosen["q"] = found.typed["q"] = shown_text(found.typed["q"])
        return found

    def _amounts(self) -> None:
        for name in ("min", "max"):
            if not self.typed[name]:
                continue
            try:
                Money.parse(self.typed[name])
            except MoneyError as error:
                self.errors[name] = self.request.say("desk.queue.bad_amount", why=_pick(self.request, error))
            else:
                self.chosen[name] = self.typed[name]

    @property
    def waits_for_applicant(self) -> bool:
        """Return whether the list of stopped clocks is asked for."""
        return self.chosen.get("waiting") == APPLICANT

    @property
    def waits_elsewhere(self) -> bool:
        """Return whether the list of cases that wait for an agency elsewhere is asked for."""
        return self.chosen.get("waiting") == OTHER_PLACE

    def within(self) -> Span | None:
        """Return the deadlines asked for, or None for all."""
        return queues.spans(on=self.request.on).get(self.chosen.get("due", ""))

    def roles(self) -> frozenset[str]:
        """Return the roles whose turn is asked for: the reader's own, or the one chosen."""
        role = self.chosen.get("waiting", "")
        return frozenset({role}) if role and role != APPLICANT else self.request.actor.roles

    def region(self) -> str:
        """Return the office whose cases are asked for."""
        return self.chosen.get("region") or self.request.actor.region

    def narrow(self) -> Narrow:
        """Return what a case must be to stand in the list."""
        text, holder = self.chosen.get("q", ""), self.chosen.get("holder", "")
        numbered = is_number(text)
        more = [choice.refine(self.chosen[name]) for name, choice in self.choices.items() if self._refines(name)]
        return Narrow(
            service=self.chosen.get("service", ""),
            level=int(self.chosen["level"]) if "level" in self.chosen else None,
            holder=f"{holder}:{self.request.actor.user_id}" if holder else "",
            fen_from=self._fen("min"),
            fen_until=self._fen("max"),
            number=text.upper() if numbered else "",
            name="" if numbered else text,
            refine=tuple(more),
        )

    def _refines(self, name: str) -> bool:
        return name in self.chosen and self.choices[name].refine is not None

    def _fen(self, name: str) -> int | None:
        return Money.parse(self.chosen[name]).fen if name in self.chosen else None

    def page(self, *, after: queues.Cursor | None, size: int) -> queues.Page:
        """Return one page of the list."""
        asked: dict[str, Any] = {"within": self.within(), "narrow": self.narrow(), "after": after, "size": size}
        if self.waits_for_applicant:
            return queues.stopped(region=self.region(), **asked)
        return queues.queue(roles=self.roles(), region=self.region(), **asked)

    def query(self, **changed: str) -> str:
        """Return the filters as they stand in an address; an empty value takes one off."""
        kept = {**self.chosen, **changed}
        return urlencode({name: value for name, value in kept.items() if value})

    def chips(self) -> Iterator[dict[str, str]]:
        """Return one chip for each filter, with the address of the list without it."""
        for name, value in self.chosen.items():
            words = self.choices[name].words(value) if name in self.choices else self._text_words(name, value)
            yield {"text": words, "href": f"?{self.query(**{name: ''})}"}

    def _text_words(self, name: str, value: str) -> str:
        shown = value if name == "q" else Money.parse(value).display()
        return self.request.say(f"desk.queue.chip.{name}", value=shown)

    def fields(self) -> list[dict[str, Any]]:
        """Return the fields of the panel, in its order."""
        say = self.request.say
        lists = [_select(choice, self.chosen.get(choice.name, ""), say) for choice in self.choices.values()]
        amounts = [
            _text(name, self.typed[name], say, inputmode="decimal", classes="app-mono") for name in ("min", "max")
        ]
        return [_text("q", self.typed["q"], say, hint={"text": say("desk.queue.q_hint")}), *lists, *amounts]


def is_number(text: str) -> bool:
    """Return whether what was typed is part of a case number, not a name: it has a digit and no hidden character.

    Examples:
        >>> is_number("000127"), is_number("张**")
        (True, False)
    """
    return HIDDEN not in text and any(sign.isdigit() for sign in text)


def shown_text(text: str) -> str:
    """Return what was typed as it may stand in an address: a name only with its first character.

    Examples:
        >>> shown_text("张小红"), shown_text("张**"), shown_text("张"), shown_text("CQ-2023-000127")
        ('张**', '张**', '张', 'CQ-2023-000127')
    """
    return text if is_number(text) else mask_name(text)


def choices_of(request: HttpRequest) -> Iterator[Choice]:
    """Return the filters with a list of answers: those every service has, then those the services add."""
    say, actor = request.say, request.actor
    roles = {role: say.find(f"{ROLE_WORDS}{role}") or role for role in known_roles(request)}
    waiting = {**roles, APPLICANT: say("desk.queue.applicant"), OTHER_PLACE: say(f"desk.queue.turn.{OTHER_PLACE}")}
    yield Choice("waiting", say("desk.queue.waiting"), waiting)
    yield Choice("due", say("desk.queue.within"), {group: say(f"desk.queue.group.{group}") for group in GROUPS})
    services = {name: say.pick(service) for name, service in sorted(yibao.services.offered().items())}
    if len(services) > 1:
        yield Choice("service", say("desk.queue.service"), services)
    regions = regions_of(request)
    if len(regions) > 1:
        yield Choice("region", say("desk.queue.region"), regions)
    levels = {str(level): say("desk.queue.one_level", level=level) for level in range(1, LEVELS_SHOWN + 1)}
    yield Choice("level", say("desk.queue.level_word"), levels)
    if actor.user_id is not None:
        yield Choice("holder", say("desk.queue.holder"), {who: say(f"desk.queue.held.{who}") for who in HOLDERS})
    for added in contributions("queue_filters", request):
        for one in added:
            yield Choice(**one)


def known_roles(request: HttpRequest) -> list[str]:
    """Return the roles a case may wait for, the reader's own first."""
    return [*sorted(request.actor.roles), *(role for role in _roles_with_words() if role not in request.actor.roles)]


@cache
def _roles_with_words() -> tuple[str, ...]:
    found = (key.removeprefix(ROLE_WORDS) for key in texts() if key.startswith(ROLE_WORDS))
    return tuple(role for role in found if role not in OFFICERS)


def regions_of(request: HttpRequest) -> dict[str, str]:
    """Return the offices below the reader's that have staff, each with its name where the rules know one."""
    mine = request.actor.region
    return {code: place_words(request, code) for code in seats.regions() if covers(office=mine, region=code)}


def place_words(request: HttpRequest, code: str) -> str:
    """Return an office's name, or that of the area it lies in with its number."""
    try:
        region = yibao.services.packs().region_for(code)
    except UnknownRegion:
        return code
    name = request.say.pick(region)
    return name if region.code == code else f"{name} {code}"


def _select(choice: Choice, chosen: str, say: Any) -> dict[str, Any]:
    none = say("desk.queue.mine_first") if choice.name == "waiting" else say("desk.queue.any")
    items = [{"value": "", "text": none}, *({"value": key, "text": words} for key, words in choice.answers.items())]
    shown = [{**item, "selected": item["value"] == chosen} for item in items]
    return {"component": "select", "name": choice.name, "id": choice.name, "label": {"text": choice.label},
            "items": shown}  # fmt: skip


def _text(name: str, value: str, say: Any, **more: Any) -> dict[str, Any]:
    label = {"text": say(f"desk.queue.{name}")}
    return {"component": "input", "name": name, "id": name, "value": value, "label": label, "spellcheck": False,
            "autocomplete": "off", **more}  # fmt: skip


def _pick(request: HttpRequest, error: MoneyError) -> str:
    return error.en if request.say.language == "en" else error.zh
