"""The interface for other programs, version 1: decisions as a service, the list of services, health.

Nothing here reads or writes a person's record: a case file carries its own facts and no name, so no sign-in is
asked for. What a service offers of its cases (its `api.py`) asks for a token.
"""

import json
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from django.db import connection
from django.http import HttpRequest
from ninja import NinjaAPI, Router, Status
from pydantic import BaseModel, ConfigDict

import yibao
import yibao.services
from yibao.api import problems
from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy import Diagnostic
from yibao.policy.casefile.reading import NotJson, read_json

BODY_BYTES_MAX = 1024 * 1024

HEALTH = "health"
PART = "CaseFile"


def _case_file() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schema of a case file and of its parts, which refer to one another where OpenAPI looks for them."""
    text = json.dumps(yibao.services.case_schema()).replace('"#/$defs/', f'"#/components/schemas/{PART}')
    schema = json.loads(text)
    return schema, {f"{PART}{name}": part for name, part in schema.pop("$defs").items()}


CASE_FILE, CASE_FILE_PARTS = _case_file()


class TooMany(BaseModel):
    """Too many requests in a minute by one token or from one address (RFC 9457); nothing was changed."""

    type: str
    title: str
    status: Literal[429]
    detail: str
    code: Literal["http_429"]
    next_zh: str
    next_en: str


TOO_MANY = {
    "description": "Too many requests by this token or from this address in this minute 请求太频繁",
    "headers": {
        "Retry-After": {
            "description": "seconds to wait 等待秒数", "required": True, "schema": {"type": "integer", "minimum": 1},
        }
    },
    "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/TooMany"}}},
}  # fmt: skip


class Interface(NinjaAPI):
    """The interface, whose schema also holds the parts of a case file, and says what a problem is told in."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return the published schema."""
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"] |= {**CASE_FILE_PARTS, "TooMany": TooMany.model_json_schema()}
        for path, operations in schema["paths"].items():
            for operation in operations.values() if not path.endswith(f"/{HEALTH}") else ():
                operation["responses"][429] = TOO_MANY
        told = [
            answer
            for path in schema["paths"].values()
            for operation in path.values()
            for answer in operation["responses"].values()
        ]
        for answer in told:
            content = answer.get("content", {})
            if content.get("application/json", {}).get("schema") == {"$ref": "#/components/schemas/Problem"}:
                answer["content"] = {problems.CONTENT_TYPE: content["application/json"]}
        return schema


api = Interface(
    title="Yibao 医保",
    version="1",
    description="One case file in, one decision out, by the rules in force on its day. 案件文件进，决定出。",
    openapi_url="/v1/openapi.json",
    docs_url=None,
    urls_namespace="yibao-api",
)
router = Router()


class Wrong(BaseModel):
    """One thing wrong with what was sent, with what to do, in both languages."""

    where: str
    zh: str
    en: str


class Problems(BaseModel):
    """Everything wrong with what was sent."""

    errors: list[Wrong]


class Decision(BaseModel):
    """A decision; members beyond these depend on the outcome and are described in the reference."""

    model_config = ConfigDict(extra="allow")
    service: str
    decision: str


class ServiceInfo(BaseModel):
    """A public service."""

    name: str
    label: str
    en: str


class Fault(BaseModel):
    """One fault of a pack's text: its place, what is wrong, and what could be meant."""

    where: str
    code: str
    zh: str
    en: str
    hint: str


class Rules(BaseModel):
    """Which rules decide; `faults` are those of texts that were therefore not taken up."""

    version: str
    since: datetime | None
    regions: dict[str, str]
    faults: list[Fault]
    refused_at: datetime | None


class Health(BaseModel):
    """Whether the database answers, and whether the rules in use are those of the texts as they stand.

    `status`: ok, `old rules` (the texts have faults, the last good version decides), or `database unreachable`.
    """

    status: str
    rules: Rules


@router.post(
    "/decisions",
    response={200: Decision, 400: Problems, 413: Problems, 415: Problems, 422: Problems},
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": CASE_FILE}}}},
    summary="Decide a case file",
)
def decisions(request: HttpRequest) -> Any:
    """Decide one case file: the same body, the same answer and the same errors as `yibao decide`."""
    if request.content_type != "application/json":
        return Status(415, told("", "请用 application/json 提交", "send the case file as application/json"))
    if len(request.body) > BODY_BYTES_MAX:
        return Status(413, told("", "案件文件不能超过 1 MB", "a case file may have at most 1 MB"))
    try:
        return Status(200, yibao.decide(read_json(request.body)))
    except NotJson as broken:
        return Status(400, {"errors": [shown(problem) for problem in broken.problems]})
    except InputInvalid as invalid:
        return Status(422, {"errors": [shown(problem) for problem in invalid.problems]})


@router.get("/services", response=list[ServiceInfo], summary="List the public services")
def services(request: HttpRequest) -> Any:
    """List every public service this installation offers."""
    found = yibao.services.find().values()
    return [{"name": service.name, "label": service.label, "en": service.en} for service in found]


@router.get("/health", response={200: Health, 503: Health}, summary="Tell whether the system answers")
def health(request: HttpRequest) -> Any:
    """Tell whether the process runs, its database answers, and by which version of the rules it decides."""
    using = yibao.services.in_use()
    rules = {
        "version": using.packs.version,
        "since": using.since,
        "regions": {code: region.version for code, region in using.packs.regions.items()},
        "faults": [_fault(one) for one in using.faults],
        "refused_at": using.refused_at,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except connection.Database.Error:
        return Status(503, {"status": "database unreachable", "rules": rules})
    return Status(200, {"status": "old rules" if using.faults else "ok", "rules": rules})


def _fault(found: Diagnostic) -> dict[str, str]:
    where = f"{found.file}:{found.line}:{found.column}"
    return {
        "where": where,
        "code": found.code,
        "zh": found.message_zh,
        "en": found.message_en,
        "hint": found.hint,
    }


def told(where: str, zh: str, en: str) -> dict[str, Any]:
    """Return one problem in the published shape."""
    return {"errors": [{"where": where, "zh": zh, "en": en}]}


def shown(problem: InputProblem) -> dict[str, str]:
    """Return a problem as the interface tells it."""
    return {"where": problem.where, "zh": problem.zh, "en": problem.en}


api.add_router("/v1", router)
problems.tell_by(api)
for _name in yibao.services.find():
    if find_spec(f"yibao.services.{_name}.api"):
        api.add_router(f"/v1/{_name}", import_module(f"yibao.services.{_name}.api").router)
