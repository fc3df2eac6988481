"""The relocation service as a Django app."""

from typing import Any

from django.apps import AppConfig


class RelocationConfig(AppConfig):
    """App `relocation`."""

    name = "yibao.services.relocation"
    label = "relocation"
    verbose_name = "参保地变更与关系转移接续"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what is done with the messages of the other places."""
        from yibao.services.relocation.actions import protocol  # noqa: F401

    def own_sections(self) -> tuple[Any, ...]:
        """Return what the copy of a person's own data holds of this service."""
        from yibao.services.relocation.own_data import SECTIONS

        return SECTIONS
