"""The interface for other programs, version 1: decisions as a service, the list of services, health.

Nothing here reads or writes a person's record: a case file carries its own facts and no name, so no sign-in is
asked for.
"""

import json
from typing import Any

from django.db import connection
from django.http import HttpRequest
from ninja import NinjaAPI, Router, Status
from pydantic import BaseModel, ConfigDict

import yibao
import yibao.services
from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy import casefile

BODY_BYTES_MAX = 1024 * 1024

api = NinjaAPI(
    title="Yibao 医保",
    version="1",
    description="One case file in, one decision out, by the rules in force on its day. 案件文件进，决定出。",
    openapi_url="/v1/openapi.json",
    docs_url=None,
    urls_namespace="yibao-api",
)
router = Router()


class Problem(BaseModel):
    """One thing wrong with what was sent, with what to do, in both languages."""

    where: str
    zh: str
    en: str


class Problems(BaseModel):
    """Everything wrong with what was sent."""

    errors: list[Problem]


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


class Health(BaseModel):
    """Whether the database answers."""

    status: str


@router.post(
    "/decisions",
    response={200: Decision, 400: Problems, 413: Problems, 415: Problems, 422: Problems},
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": casefile.json_schema()}}}
    },
    summary="Decide a case file",
)
def decisions(request: HttpRequest) -> Any:
    """Decide one case file: the same body, the same answer and the same errors as `yibao decide`."""
    if request.content_type != "application/json":
        return Status(415, told("", "请用 application/json 提交", "send the case file as application/json"))
    if len(request.body) > BODY_BYTES_MAX:
        return Status(413, told("", "案件文件不能超过 1 MB", "a case file may have at most 1 MB"))
    try:
        raw = json.loads(request.body)
    except (ValueError, RecursionError):
        return Status(
            400, told("", "内容不是 JSON，请检查括号和引号", "the body is not JSON: check brackets and quotes")
        )
    if not isinstance(raw, dict):
        return Status(422, told("", "案件文件应是一个 JSON 对象", "a case file is a JSON object"))
    try:
        return Status(200, yibao.decide(raw))
    except InputInvalid as invalid:
        return Status(422, {"errors": [shown(problem) for problem in invalid.problems]})


@router.get("/services", response=list[ServiceInfo], summary="List the public services")
def services(request: HttpRequest) -> Any:
    """List every public service this installation offers."""
    found = yibao.services.find().values()
    return [{"name": service.name, "label": service.label, "en": service.en} for service in found]


@router.get("/health", response={200: Health, 503: Health}, summary="Tell whether the system answers")
def health(request: HttpRequest) -> Any:
    """Tell whether the process runs and its database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except connection.Database.Error:
        return Status(503, {"status": "database unreachable"})
    return Status(200, {"status": "ok"})


def told(where: str, zh: str, en: str) -> dict[str, Any]:
    """Return one problem in the published shape."""
    return {"errors": [{"where": where, "zh": zh, "en": en}]}


def shown(problem: InputProblem) -> dict[str, str]:
    """Return a problem as the interface tells it."""
    return {"where": problem.where, "zh": problem.zh, "en": problem.en}


api.add_router("/v1", router)
