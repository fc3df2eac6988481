"""The relocation service as a Django app."""

from django.apps import AppConfig


class RelocationConfig(AppConfig):
    """App `relocation`."""

    name = "yibao.services.relocation"
    label = "relocation"
    verbose_name = "参保地变更与关系转移接续"
    default_auto_field = "django.db.models.BigAutoField"
