"""What people hand in, and what the office issues."""

from django.db import models

from yibao.store.fields import SealedText
from yibao.store.models.cases import Case


class Document(models.Model):
    """A file handed in; the bytes lie sealed in the documents folder under their hash (`store.documents`)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    material = models.CharField(max_length=40)
    name = SealedText()
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=40, blank=True)
    # A file taken back stays on record: what was seen when something was signed must remain provable.
    removed_at = models.DateTimeField(null=True, blank=True)
    # The bytes were deleted when their time had passed; the hash stays.
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]


class IssuedPaper(models.Model):
    """A numbered paper the office made, its check code, and how often it was printed again."""

    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=40)
    check_code = models.CharField(max_length=20, unique=True)
    evidence_hash = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=40, blank=True)
    reprints = models.PositiveIntegerField(default=0)
    voided_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]


class PaperNumber(models.Model):
    """A number taken for a paper, with its check code, before the paper is made.

    Whoever makes the same paper after a crash takes it up again, so no number is lost; one that was never used says
    for which case it was taken.
    """

    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="paper_numbers")
    kind = models.CharField(max_length=40)
    check_code = models.CharField(max_length=20)
    occasion = models.CharField(max_length=64, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
