"""Addresses of the interface for other programs."""

from django.urls import path

from yibao.api.app import api

urlpatterns = [path("", api.urls)]
