"""The pages as a Django application."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register


class WebConfig(AppConfig):
    """Page parts, sign-in, portal and workbench."""

    name = "yibao.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what happens when somebody signs in or out, what is deleted once a day, and the checks."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from yibao.store import retention
        from yibao.web import checks, lapsed, remembered, sessions

        user_logged_in.connect(remembered.at_sign_in, dispatch_uid="yibao.web.remembered")
        user_logged_in.connect(sessions.at_sign_in, dispatch_uid="yibao.web.sessions")
        user_logged_out.connect(sessions.at_sign_out, dispatch_uid="yibao.web.sessions")
        retention.also(rules=lapsed.RULES)
        register(checks.second_factor_is_required, Tags.security, deploy=True)
        register(levels_are_said, Tags.security)


def levels_are_said(**_: Any) -> list[CheckMessage]:
    """Return one error for each step of a citizen that says no level."""
    from yibao.web import levels

    return [Error(fault, id="yibao.E001") for fault in levels.faults()]
