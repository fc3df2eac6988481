"""Addresses of the staff's pages that belong to no single service."""

from django.urls import path

from yibao.web.workbench import pages

app_name = "workbench"
urlpatterns = [
    path("", pages.queue, name="queue"),
    path("sign-in", pages.sign_in, name="sign_in"),
    path("ledger", pages.ledger, name="ledger"),
]
