"""The pages as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Page parts, sign-in, portal and workbench."""

    name = "yibao.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
