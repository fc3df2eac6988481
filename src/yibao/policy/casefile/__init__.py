"""Case files: read one strictly, tell everything that is wrong with it at once, publish its schema."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy.casefile import checks, faults
from yibao.policy.casefile.models import (
    Benefit,
    CaseFile,
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
)

__all__ = [
    "Benefit",
    "CaseFile",
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
    "json_schema",
    "read",
]

_Model = TypeVar("_Model", bound=BaseModel)
_PARTS: dict[str, type[BaseModel]] = {
    "": CaseFile,
    "applicant": Party,
    "person": Person,
    "enrolments": Enrolment,
    "payments": Payment,
    "parts": Part,
    "account_credit_monthly": MonthAmount,
    "retiree_credit_monthly": MonthAmount,
    "refunded": RefundedMonths,
    "benefits": Benefit,
    "materials": MaterialItem,
    "request": RefundRequest,
    "determined": Determined,
}


def read(raw: Mapping[str, Any]) -> CaseFile:
    """Return a case file read from parsed JSON.

    Args:
        raw: The parsed file: money as decimal text in yuan, months `YYYY-MM`, days ISO.

    Returns:
        The case file, money in fen and months as indexes.

    Raises:
        InputInvalid: Something is wrong; `problems` names every place with what to do, in both languages.

    Source:
        The contract of the case file, docs/reference/decision.md.

    Examples:
        >>> try:
        ...     read({"service": "refund", "regoin": "500000"})
        ... except InputInvalid as error:
        ...     print(error.problems[-1].en)
        There is no member 'regoin'; did you mean 'region'?
    """
    try:
        case = CaseFile.model_validate(raw)
    except ValidationError as error:
        problems = [faults.problem(error=each, raw=raw, known=_known()) for each in error.errors(include_url=False)]
        raise InputInvalid([*problems, *_readable_parts(raw)]) from None
    found = checks.whole(case=case)
    if found:
        raise InputInvalid(found)
    return case


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a case file.

    Returns:
        A schema of draft 2020-12, with the member names of the contract.

    Examples:
        >>> json_schema()["additionalProperties"]
        False
    """
    schema = CaseFile.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Yibao case file"
    credit = schema["$defs"]["Payment"]["properties"]
    for name in ("account_credit_monthly", "retiree_credit_monthly"):
        credit[name]["anyOf"].insert(0, {"type": "string", "description": "one amount for every month"})
    materials = schema["properties"]["materials"]["items"]
    schema["properties"]["materials"]["items"] = {
        "anyOf": [schema["$defs"]["MaterialItem"]["properties"]["code"], materials]
    }
    return schema


@cache
def _known() -> dict[str, list[str]]:
    known = {
        part: [field.alias or name for name, field in model.model_fields.items()] for part, model in _PARTS.items()
    }
    definitions = CaseFile.model_json_schema(by_alias=True)
    for kind, reference in definitions["properties"]["events"]["items"]["discriminator"]["mapping"].items():
        known[kind] = list(definitions["$defs"][reference.rpartition("/")[2]]["properties"])
        known.setdefault("event kinds", []).append(kind)
    return known


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
