"""Addresses of the interface for other programs: open where nothing of a person is asked, else for who has a token."""

from typing import Any

from django.urls import path

from yibao.api.app import HEALTH, api
from yibao.casework.entry import CITIZEN, STAFF, open_to, public
from yibao.casework.limits import PROGRAM_TOKEN, limited

OPEN = ("openapi-json", "decisions", "services", HEALTH, "api-root")


def _with_rules(urls: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    for pattern in urls[0]:
        # Whether the system answers is told however often it is asked, and when its database does not answer.
        if pattern.name != HEALTH:
            limited(PROGRAM_TOKEN)(pattern.callback)
        if pattern.name in OPEN:
            public(pattern.callback)
        elif "/cases" in str(pattern.pattern):
            open_to(CITIZEN, STAFF, own="case")(pattern.callback)
    return urls


urlpatterns = [path("", _with_rules(api.urls))]
