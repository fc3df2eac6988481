"""Addresses of the interface for other programs: open where nothing of a person is asked, else for who has a token.

The door for messages of other areas is open too: what comes there is taken by its signature.
"""

from typing import Any

from django.urls import path

from yibao.api.app import HEALTH, api
from yibao.api.exchange import door
from yibao.casework.entry import CITIZEN, STAFF, open_to, public
from yibao.casework.limits import EXCHANGE, PROGRAM_TOKEN, limited

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


def _for_areas(urls: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    for pattern in urls[0]:
        public(limited(EXCHANGE)(pattern.callback))
    return urls


urlpatterns = [path("exchange/", _for_areas(door.urls)), path("", _with_rules(api.urls))]
