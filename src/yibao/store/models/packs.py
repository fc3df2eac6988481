"""Every version of the rules a decision was ever made by, whole."""

from django.db import models

from yibao.store.fields import CanonicalJson


class PackVersion(models.Model):
    """The full texts of a region's chain of packs; `version` is their hash. Never changed, never deleted."""

    version = models.CharField(max_length=64, primary_key=True)
    region = models.CharField(max_length=6)
    texts = CanonicalJson()
    texts_sha256 = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
