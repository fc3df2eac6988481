"""The store as a Django app; after every migration the guards of the database are made again."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StoreConfig(AppConfig):
    """App `store`."""

    name = "yibao.store"
    label = "store"
    verbose_name = "医保档案与账务"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the guards remade after each migration, on whatever database was migrated."""
        from yibao.store import guards, rings

        rings.begin()
        post_migrate.connect(guards.remake_after_migrate, sender=self, dispatch_uid="store_guards")
