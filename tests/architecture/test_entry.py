"""Every address of the site says who may open it."""

from collections.abc import Iterator

from django.test import RequestFactory
from django.urls import URLResolver, get_resolver

from yibao.casework.entry import AGENT, CITIZEN, STAFF, VISITOR, rule_of
from yibao.casework.officers import OFFICERS
from yibao.web.words import texts


def addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, object]]:
    for pattern in resolver.url_patterns:
        address = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, address)
        else:
            yield address, pattern.callback


def test_every_address_has_a_rule():
    found = dict(addresses(get_resolver()))
    assert len(found) > 40
    assert [address for address, view in found.items() if rule_of(view) is None] == []


def test_a_rule_names_only_people_there_are():
    roles = {key.removeprefix("common.role.") for key in texts() if key.startswith("common.role.")}
    known = {VISITOR, CITIZEN, AGENT, STAFF} | OFFICERS | roles
    rules = {address: rule_of(view) for address, view in addresses(get_resolver())}
    assert [address for address, rule in rules.items() if not rule.who or rule.who - known] == []


def test_what_holds_a_case_or_a_person_is_never_without_an_owner():
    rules = {address: rule_of(view) for address, view in addresses(get_resolver())}
    closed = {address: rule for address, rule in rules.items() if VISITOR not in rule.who}
    assert [address for address, rule in closed.items() if not rule.own] == []
    assert [address for address, rule in closed.items() if "cases/" in address and rule.own != "case"] == []


def test_an_address_without_a_rule_opens_for_nobody(monkeypatch):
    from yibao.web.middleware import PagesMiddleware

    request = RequestFactory().get("/rules")
    request.resolver_match = get_resolver().resolve("/rules")
    middleware = PagesMiddleware(lambda asked: middleware.process_view(asked, lambda: None, (), {}))
    request.user, request.session = None, {}
    request.htmx = False
    assert middleware(request).status_code == 403
