"""The interface keeps to its own published schema, whatever is sent."""

import contextlib

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from yibao.api.tests.test_cases import answers, chen, citizen, clerk, files, staff, submitted  # noqa: F401

pytestmark = pytest.mark.django_db
SCHEMA = "/api/v1/openapi.json"
TRANSFERS = "/api/v1/relocation/cases"
SHORT, LONG = 4, 200
# What a schema can say of a case file is less than what the rules ask of it: it may be refused, with its reasons.
NOT_ASKED = [positive_data_acceptance]


@pytest.fixture
def moving(citizen, clerk):  # noqa: F811
    """The draft of a transfer by the person, and one by the clerk at the window."""
    body = {"from": "500000", "to": "140100", "at": "from", "materials": ["id_document"]}
    named = {"citizen": (citizen, body), "clerk": (clerk, {**body, "identity": "500112197603011995"})}
    key = {"Idempotency-Key": "begin-0001"}
    return {
        name: one.at(TRANSFERS).send("POST", "", sent, **key).json()["number"] for name, (one, sent) in named.items()
    }


@pytest.fixture(autouse=True)
def one_connection(submitted, moving):  # noqa: F811
    """The requests see what the test wrote: they are answered on its connection, which none of them closes."""
    for told in (request_started, request_finished):
        told.disconnect(close_old_connections)
    yield
    for told in (request_started, request_finished):
        told.connect(close_old_connections)


@pytest.fixture(autouse=True)
def no_limit(settings):
    """More is asked in a minute than a program may; that it is told so is tried below."""
    settings.YIBAO_API_TOKEN_MINUTE = settings.YIBAO_API_ADDRESS_MINUTE = 10**9


def in_headers(case):
    """Return whether what is wrong with a request are its headers, the token among them."""
    return any(
        place is ParameterLocation.HEADER and part.mode is GenerationMode.NEGATIVE
        for place, part in case.meta.components.items()
    )


@pytest.mark.parametrize("who", ["citizen", "clerk"])
def test_nothing_that_is_sent_breaks_what_the_schema_promises(who, request, submitted, moving, soaking, figures):  # noqa: F811
    tried = 0
    token, numbers = request.getfixturevalue(who).text, {True: moving[who], False: submitted}
    published = schemathesis.openapi.from_wsgi(SCHEMA, get_wsgi_application())
    for result in published.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @hypothesis.settings(
                max_examples=LONG if soaking else SHORT, database=None, suppress_health_check=list(HealthCheck)
            )
            @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
            def holds(case):
                nonlocal tried
                tried += 1
                if "number" in (case.path_parameters or {}) and tried % 2:
                    case.path_parameters["number"] = numbers["/relocation/" in case.operation.path]
                headers = {} if in_headers(case) else {"Authorization": f"Bearer {token}"}
                case.call_and_validate(headers=headers, excluded_checks=NOT_ASKED)

            # Where nothing is asked, nothing can be asked wrongly.
            with contextlib.suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else contextlib.nullcontext():
                holds()
    assert tried
    figures("requests", tried)


def test_too_many_requests_are_answered_as_the_schema_promises_at_every_address(settings, citizen):  # noqa: F811
    settings.YIBAO_API_TOKEN_MINUTE = 1
    published = schemathesis.openapi.from_wsgi(SCHEMA, get_wsgi_application())
    headers = {"Authorization": f"Bearer {citizen.text}"}
    told = set()
    for result in published.get_all_operations():
        operation = result.ok()

        @hypothesis.settings(max_examples=1, database=None, suppress_health_check=list(HealthCheck))
        @hypothesis.given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        def holds(case):
            case.call(headers=headers)
            answer = case.call_and_validate(headers=headers, excluded_checks=NOT_ASKED)
            told.add((answer.status_code, case.operation.path))

        holds()
    assert {path for status, path in told if status != 429} == {"/api/v1/health"}
