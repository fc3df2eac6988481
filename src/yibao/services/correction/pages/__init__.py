"""The pages of corrections: the person's under /correction/, the staff's under /workbench/correction/."""

from django.urls import path

from yibao.services.correction.pages import desk, own, printing, unmask
from yibao.services.correction.pages.desk import workbench_nav
from yibao.services.correction.pages.own import portal_service

__all__ = ["portal_service", "urlpatterns", "workbench_nav", "workbench_urlpatterns"]

CASE = "cases/<str:number>"
PAPERS = f"{CASE}/papers"
PAPER = f"{PAPERS}/<str:paper_number>"
urlpatterns = [
    path("", own.index, name="index"),
    path("new/<slug:target>/<slug:key>/<slug:field>", own.new, name="new"),
    path(CASE, own.case, name="case"),
    path(f"{CASE}/upload", own.upload, name="upload"),
    path(f"{CASE}/submit", own.submit, name="submit"),
    path(f"{CASE}/withdraw", own.withdraw, name="withdraw"),
    path(f"{CASE}/files/<int:document_id>", own.document, name="document"),
    path(f"{CASE}/files/<int:document_id>/remove", own.detach, name="detach"),
    path(f"{PAPERS}/make/<slug:kind>", printing.make, name="make_paper"),
    path(PAPER, printing.paper, name="paper"),
    path(f"{PAPER}/again", printing.again, name="reprint"),
    path(f"{PAPER}/again/<int:times>", printing.copy, name="copy"),
]
workbench_urlpatterns = [
    path("counter", desk.counter, name="counter"),
    path(CASE, desk.case, name="case"),
    path(f"{CASE}/show", unmask.unmask, name="unmask"),
    path(f"{CASE}/do/<slug:verb>", desk.decide, name="decide"),
    path(f"{CASE}/files/<int:document_id>", desk.document, name="document"),
    path(f"{PAPERS}/make/<slug:kind>", printing.make_at_desk, name="make_paper"),
    path(PAPER, printing.paper_at_desk, name="paper"),
    path(f"{PAPER}/again", printing.again_at_desk, name="reprint"),
    path(f"{PAPER}/again/<int:times>", printing.copy_at_desk, name="copy"),
]
