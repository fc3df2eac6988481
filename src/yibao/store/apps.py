"""The store as a Django app; after every migration the guards of the database are made again."""

import gc

from django.apps import AppConfig
from django.db.models.signals import post_migrate

NEW_OBJECTS = 50_000
"""How many objects are made between two looks for rings of objects nobody holds any more."""


class StoreConfig(AppConfig):
    """App `store`."""

    name = "yibao.store"
    label = "store"
    verbose_name = "医保档案与账务"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the guards remade after each migration, on whatever database was migrated."""
        from yibao.store import guards

        # Rules and rows are trees, not rings: looking for rings after every few hundred objects finds nothing and
        # takes a tenth of the time.
        gc.set_threshold(NEW_OBJECTS)

        post_migrate.connect(guards.remake_after_migrate, sender=self, dispatch_uid="store_guards")
