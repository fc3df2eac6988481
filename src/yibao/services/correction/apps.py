"""The correction service as a Django app."""

from django.apps import AppConfig


class CorrectionConfig(AppConfig):
    """App `correction`."""

    name = "yibao.services.correction"
    label = "correction"
    verbose_name = "参保档案更正"
    default_auto_field = "django.db.models.BigAutoField"
