"""The refund service as a Django app."""

from django.apps import AppConfig


class RefundConfig(AppConfig):
    """App `refund`."""

    name = "yibao.services.refund"
    label = "refund"
    verbose_name = "重复缴费退费"
    default_auto_field = "django.db.models.BigAutoField"
