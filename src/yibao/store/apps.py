"""The store as a Django app; after every migration the guards of the database are made again."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """App `store`."""

    name = "yibao.store"
    label = "store"
    verbose_name = "医保档案与账务"
    default_auto_field = "django.db.models.BigAutoField"
