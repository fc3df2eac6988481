"""What the interfaces of all services share: whose token asks, what goes with a request, and how a no is told."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header
from ninja.security import HttpBearer
from pydantic import BaseModel, ConfigDict, Field

from yibao.casework.actors import Actor
from yibao.casework.entry import CITIZEN
from yibao.kernel.errors import Refusal, Refused
from yibao.store import persons

PURPOSE = "api"
KEY = r"^[A-Za-z0-9_.-]{8,64}$"
CURSOR = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}~[0-9]{1,18})?$"
TEXT_MAX = 500

Key = Annotated[str, Header(alias="Idempotency-Key", pattern=KEY, description="the same key again changes nothing")]

UNKNOWN_PARAMETER = Refusal(
    "unknown_parameter",
    "地址中有不认识的参数",
    "the address has a parameter that is not known",
    "列表只接受 after。",
    "The list takes after only.",
    status=422,
)
NO_SUCH_PERSON = Refusal(
    "no_such_person",
    "没有这个身份证件号码的参保记录",
    "no record has this identity number",
    "请核对号码；新参保的请先登记。",
    "Check the number; register somebody new first.",
    status=422,
)


class Bearer(HttpBearer):
    """The token of a login; whose it is was found out before, as for every address."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return who asks."""
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        return actor or None


class Wrong(BaseModel):
    """One thing wrong with what was sent."""

    where: str
    zh: str
    en: str


class Problem(BaseModel):
    """Why nothing was done, and what to do next (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    next_zh: str = ""
    next_en: str = ""
    errors: list[Wrong] = []


class Reason(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=TEXT_MAX, examples=["本人不再申请"])


REFUSED = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422), Problem)


def now(request: HttpRequest) -> dict[str, Any]:
    """Return who asks, and when, as every action takes it."""
    return {"by": request.actor, "on": request.on, "at": request.at}  # type: ignore[attr-defined]


def only_after(request: HttpRequest) -> None:
    """Let a list be asked for with nothing but where its page begins.

    Raises:
        Refused: unknown_parameter.
    """
    if set(request.GET) - {"after"}:
        raise Refused(UNKNOWN_PARAMETER)


def person_asked(*, by: Actor, identity: str | None) -> UUID | None:
    """Return about whom an application is: a citizen's own, or whom staff name by their number; None for a unit.

    Args:
        by: Who asks.
        identity: The number staff give; a citizen's is not looked at.

    Raises:
        Refused: no_such_person.
    """
    if by.kind == CITIZEN:
        return by.person_id
    found = persons.find(identity=identity.strip().upper()) if identity else None
    if found is None:
        raise Refused(NO_SUCH_PERSON)
    return found.pk
