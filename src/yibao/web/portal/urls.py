"""Addresses of the citizen's pages that belong to no single service."""

from django.urls import path

from yibao.web import kept
from yibao.web.family import pages as family
from yibao.web.identity import pages as identity
from yibao.web.identity import window
from yibao.web.portal import (
    contact,
    guide,
    messages,
    open_sessions,
    own_data,
    pages,
    promises,
    ratings,
    rules,
    session,
)
from yibao.web.units import pages as units

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("payments", pages.payments, name="payments"),
    path("cases", pages.cases, name="cases"),
    path("reads", pages.reads, name="reads"),
    path("kept", kept.again, name="kept"),
    path("messages", messages.inbox, name="messages"),
    path("messages/<int:message>", messages.one, name="message"),
    path("contact", contact.overview, name="contact"),
    path("contact/<slug:channel>", contact.address, name="contact_address"),
    path("contact/<slug:channel>/code", contact.code, name="contact_code"),
    path("contact/<slug:channel>/switch", contact.switch, name="contact_switch"),
    path("own-data", own_data.own_data, name="own_data"),
    path("own-data/file", own_data.fetch, name="own_data_file"),
    path("check/<str:number>/<str:code>", pages.paper_check, name="paper_check"),
    path("cases/<str:number>/ratings", ratings.of_case, name="ratings"),
    path("cases/<str:number>/ratings/<int:seq>", ratings.rate, name="rate"),
    path("promises", promises.own, name="promises"),
    path("promises/<str:letter>/object", promises.object_to, name="object"),
    path("guide", guide.index, name="guide"),
    path("guide/<slug:service>/<str:region>", guide.of_region, name="guide_of"),
    path("rules", rules.index, name="rules"),
    path("rules/<str:region>", rules.of_region, name="region_rules"),
    path("sign-in", session.sign_in, name="sign_in"),
    path("sessions", open_sessions.index, name="sessions"),
    path("sessions/end", open_sessions.end, name="end_sessions"),
    path("sign-in/<slug:provider>", identity.begin, name="provider"),
    path("sign-in/<slug:provider>/back", identity.back, name="provider_back"),
    path("go-on", identity.go_on, name="go_on"),
    path("identity/code", window.type_code, name="window_code"),
    path("identity", identity.identity, name="identity"),
    path("signed-out", identity.signed_out, name="signed_out"),
    path("family", family.family, name="family"),
    path("family/act", family.act, name="act"),
    path("family/ask", family.ask, name="ask_to_act"),
    path("family/<int:right>/confirm", family.confirm, name="confirm_right"),
    path("family/<int:right>/revoke", family.revoke, name="revoke_right"),
    path("unit", units.unit, name="unit"),
    path("unit/act", units.act, name="act_for_unit"),
    path("unit/rights/<int:agency>/end", units.give_up, name="give_up_unit"),
    path("sign-out", session.sign_out, name="sign_out"),
    path("preferences", session.preferences, name="preferences"),
]
