"""The pages of the refund service: the citizen's under /refund/, the staff's under /workbench/refund/."""

from django.urls import path

from yibao.services.refund.pages import (
    account,
    apply,
    counter,
    desk,
    employer,
    files,
    find,
    interview,
    papers,
    payout,
    promises,
    track,
    unmask,
)
from yibao.services.refund.pages.counter import workbench_nav
from yibao.services.refund.pages.employer import unit_service
from yibao.services.refund.pages.find import portal_section, portal_service
from yibao.services.refund.pages.interview import portal_open
from yibao.services.refund.pages.narrowing import queue_filters, refusal_reasons
from yibao.services.refund.pages.papers import portal_blank
from yibao.services.refund.pages.track import portal_tasks

__all__ = [
    "portal_blank",
    "portal_open",
    "portal_section",
    "portal_service",
    "portal_tasks",
    "queue_filters",
    "refusal_reasons",
    "unit_service",
    "urlpatterns",
    "workbench_nav",
    "workbench_urlpatterns",
]

CASE = "cases/<str:number>"

filling_in = [
    path(f"{CASE}/payments", apply.payments, name="payments"),
    path(f"{CASE}/reason", apply.reason, name="reason"),
    path(f"{CASE}/account", account.account, name="account"),
    path(f"{CASE}/materials", files.materials, name="materials"),
    path(f"{CASE}/materials/<int:document_id>/remove", files.detach, name="detach"),
    path(f"{CASE}/promise/<slug:material>", promises.promise, name="promise"),
    path(f"{CASE}/promise/<slug:material>/back", promises.take_back, name="take_back"),
    path(f"{CASE}/check", apply.check, name="check"),
    path(f"{CASE}/submit", apply.submit, name="submit"),
    path(f"{CASE}/done", apply.done, name="done"),
    path(f"{CASE}/correct", track.correct, name="correct"),
    path(f"{CASE}/withdraw", track.withdraw, name="withdraw"),
]
"""The questions of an application: the person answers them, or a clerk at the counter does."""

urlpatterns = [
    path("", find.index, name="index"),
    path("can", interview.can, name="can"),
    path("forms/<slug:form>", papers.blank, name="blank"),
    path("apply", apply.start, name="start"),
    path("unit", employer.employee, name="unit"),
    path(CASE, track.case, name="case"),
    *filling_in,
    path(f"{CASE}/files/<int:document_id>", track.document, name="document"),
    path(f"{CASE}/papers/make/<slug:kind>", track.make_paper, name="make_paper"),
    path(f"{CASE}/papers/<str:paper_number>", track.paper, name="paper"),
    path(f"{CASE}/papers/<str:paper_number>/again", papers.reprint, name="reprint"),
    path(f"{CASE}/papers/<str:paper_number>/again/<int:times>", papers.copy, name="copy"),
]

workbench_urlpatterns = [
    path("pay", payout.desk, name="payout"),
    path("counter", counter.find, name="counter"),
    *filling_in,
    path(f"{CASE}/seen", files.seen, name="seen"),
    path(CASE, desk.case, name="case"),
    path(f"{CASE}/show", unmask.unmask, name="unmask"),
    path(f"{CASE}/do/<slug:verb>", desk.decide, name="decide"),
    path(f"{CASE}/notes", desk.note, name="note"),
    path(f"{CASE}/files/<int:document_id>", desk.document, name="document"),
    path(f"{CASE}/papers/make/<slug:kind>", desk.make_paper, name="make_paper"),
    path(f"{CASE}/papers/<str:paper_number>", desk.paper, name="paper"),
    path(f"{CASE}/papers/<str:paper_number>/again", papers.reprint_at_desk, name="reprint"),
    path(f"{CASE}/papers/<str:paper_number>/again/<int:times>", papers.copy_at_desk, name="copy"),
]
