"""What a correction asks for; the case itself holds state, levels and signatures."""

from django.db import models

from yibao.store.fields import SealedText
from yibao.store.models import Case


class CorrectionRequest(models.Model):
    """One field of one row: what stands there, what should, and why. One open request for a field."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="correction")
    target = models.CharField(max_length=20)
    target_key = models.CharField(max_length=40)
    field = models.CharField(max_length=30)
    before = SealedText()
    wanted = SealedText()
    why = SealedText()
    seen_at_window = models.BooleanField(default=False)
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "target_key", "field"],
                condition=models.Q(live=True),
                name="correction_one_open_for_a_field",
            ),
        ]

    def __str__(self) -> str:
        return f"correction of {self.case_id}"
