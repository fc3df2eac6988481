"""Case files: read one strictly, tell everything that is wrong with it at once, publish its schema."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy.casefile import checks, faults
from yibao.policy.casefile.models import (
    Benefit,
    CaseFile,
    CaseGround,
    Determined,
    Enrolment,
    Event,
    MaterialItem,
    MonthAmount,
    Part,
    Party,
    Payment,
    Person,
    Recognised,
    RefundedMonths,
    RefundRequest,
    Shape,
    as_item,
)

__all__ = [
    "Benefit",
    "CaseFile",
    "CaseGround",
    "Determined",
    "Enrolment",
    "Event",
    "MaterialItem",
    "MonthAmount",
    "Part",
    "Party",
    "Payment",
    "Person",
    "Recognised",
    "RefundRequest",
    "RefundedMonths",
    "Shape",
    "as_item",
    "json_schema",
    "known_members",
    "read",
    "read_as",
]

_Model = TypeVar("_Model", bound=BaseModel)
_Case = TypeVar("_Case", bound=CaseGround)
_MODE: Literal["validation"] = "validation"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def read(raw: Mapping[str, Any]) -> CaseFile:
    """Return a case file of refunds read from parsed JSON; see `read_as`.

    Raises:
        InputInvalid: Something is wrong; `problems` names every place with what to do, in both languages.

    Examples:
        >>> try:
        ...     read({"service": "refund", "regoin": "500000"})
        ... except InputInvalid as error:
        ...     print(error.problems[-1].en)
        There is no member 'regoin'; did you mean 'region'?
    """
    return read_as(raw, shape=CaseFile)


def read_as(raw: Mapping[str, Any], *, shape: type[_Case]) -> _Case:
    """Return a case file of one form, read from parsed JSON.

    Args:
        raw: The parsed file: money as decimal text in yuan, months `YYYY-MM`, days ISO.
        shape: The form of the service the file is for.

    Returns:
        The case file, money in fen and months as indexes.

    Raises:
        InputInvalid: Something is wrong; `problems` names every place with what to do, in both languages.

    Source:
        The contract of the case file, docs/reference/decision.md.

    Examples:
        >>> try:
        ...     read_as({"service": "refund", "on": "2023/02/10"}, shape=CaseFile)
        ... except InputInvalid as error:
        ...     print([problem.where for problem in error.problems][:2])
        ['region', 'on']
    """
    try:
        case = shape.model_validate(raw)
    except ValidationError as error:
        known = known_members(shape)
        problems = [faults.problem(error=each, raw=raw, known=known) for each in error.errors(include_url=False)]
        raise InputInvalid([*problems, *_readable_parts(raw)]) from None
    found = checks.whole(case=case)
    if found:
        raise InputInvalid(found)
    return case


def json_schema(shapes: Mapping[str, type[CaseGround]]) -> dict[str, Any]:
    """Return the JSON Schema of the case files of some services.

    Args:
        shapes: The form of each service's case files, by the name that stands in `service`.

    Returns:
        A schema of draft 2020-12, with the member names of the contract: any of the forms, told apart by `service`.

    Examples:
        >>> [form["properties"]["service"]["enum"] for form in json_schema({"refund": CaseFile})["anyOf"]]
        [['refund']]
    """
    names: dict[type[CaseGround], list[str]] = {}
    for name, shape in shapes.items():
        names.setdefault(shape, []).append(name)
    made, schema = models_json_schema([(shape, _MODE) for shape in names], by_alias=True)
    parts = schema["$defs"]
    credit = parts["Payment"]["properties"]
    for name in ("account_credit_monthly", "retiree_credit_monthly"):
        credit[name]["anyOf"].insert(0, {"type": "string", "description": "one amount for every month"})
    forms = []
    for shape, known in names.items():
        form = parts.pop(made[shape, _MODE]["$ref"].rpartition("/")[2])
        form["properties"]["service"] = {"enum": known}
        form["title"] = "Case file: " + ", ".join(known)
        papers = form["properties"]["materials"]["items"]
        item = parts[papers["$ref"].rpartition("/")[2]]
        form["properties"]["materials"]["items"] = {"anyOf": [item["properties"]["code"], papers]}
        forms.append(form)
    return {"$schema": _DRAFT, "title": "Yibao case file", "anyOf": forms, "$defs": parts}


@cache
def known_members(shape: type[CaseGround]) -> dict[str, list[str]]:
    """Return the names of members by the part they belong to, for suggestions; kinds of events under `event kinds`."""
    known: dict[str, list[str]] = {"": _members(shape)}
    _gather(shape, known)
    return known


def _gather(model: type[BaseModel], known: dict[str, list[str]]) -> None:
    for name, field in model.model_fields.items():
        for inner in _models_in(field):
            kinds = get_args(inner.model_fields["kind"].annotation) if name == "events" else ()
            for kind in kinds:
                known[kind] = _members(inner)
                known.setdefault("event kinds", []).append(kind)
            if not kinds:
                known[field.alias or name] = _members(inner)
            _gather(inner, known)


def _members(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    annotation = getattr(annotation, "annotation", annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _readable_parts(raw: Any) -> list[InputProblem]:
    if not isinstance(raw, Mapping):
        return []
    return checks.parts(
        person=_one(model=Person, value=raw.get("person")),
        enrolments=_many(model=Enrolment, values=raw.get("enrolments")),
        payments=_many(model=Payment, values=raw.get("payments")),
        benefits=[],
        request=None,
        partial=True,
    )


def _one(*, model: type[_Model], value: Any) -> _Model | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _many(*, model: type[_Model], values: Any) -> list[tuple[int, _Model]]:
    if not isinstance(values, list):
        return []
    read_ones = [(position, _one(model=model, value=value)) for position, value in enumerate(values)]
    return [(position, value) for position, value in read_ones if value is not None]
