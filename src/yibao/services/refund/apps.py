"""The refund service as a Django app."""

from typing import Any

from django.apps import AppConfig


class RefundConfig(AppConfig):
    """App `refund`."""

    name = "yibao.services.refund"
    label = "refund"
    verbose_name = "重复缴费退费"
    default_auto_field = "django.db.models.BigAutoField"

    def own_sections(self) -> tuple[Any, ...]:
        """Return what the copy of a person's own data holds of this service."""
        from yibao.services.refund.own_data import SECTIONS

        return SECTIONS
