"""The pages as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Page parts, sign-in, portal and workbench."""

    name = "yibao.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what is remembered of a reader whenever somebody signs in, by whatever door."""
        from django.contrib.auth.signals import user_logged_in

        from yibao.web import remembered

        user_logged_in.connect(remembered.at_sign_in, dispatch_uid="yibao.web.remembered")
