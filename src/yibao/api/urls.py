"""Addresses of the interface for other programs; each asks nothing of a person's record, so each is open."""

from typing import Any

from django.urls import path

from yibao.api.app import api
from yibao.casework.entry import public

OPEN = ("openapi-json", "decisions", "services", "health", "api-root")


def _with_rules(urls: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    for pattern in urls[0]:
        if pattern.name in OPEN:
            public(pattern.callback)
    return urls


urlpatterns = [path("", _with_rules(api.urls))]
