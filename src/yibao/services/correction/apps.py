"""The correction service as a Django app."""

from typing import Any

from django.apps import AppConfig


class CorrectionConfig(AppConfig):
    """App `correction`."""

    name = "yibao.services.correction"
    label = "correction"
    verbose_name = "参保档案更正"
    default_auto_field = "django.db.models.BigAutoField"

    def own_sections(self) -> tuple[Any, ...]:
        """Return what the copy of a person's own data holds of this service."""
        from yibao.services.correction.own_data import SECTIONS

        return SECTIONS
