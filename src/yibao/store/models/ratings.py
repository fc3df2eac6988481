"""Ratings (好差评) of completed steps, and the call-backs that bad ones open."""

from django.conf import settings
from django.db import models

from yibao.store.fields import CanonicalJson, SealedText
from yibao.store.models.cases import Case
from yibao.store.models.persons import Person

STEPS = ["accepted", "not_accepted", "decided", "paid"]
OUTCOMES = ["", "fixed", "planned", "explained", "mistaken"]


class Rating(models.Model):
    """What a person thought of one step of their own case; shown to nobody who handled it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ratings", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="ratings")
    # The action that completed the step: each is rated once.
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=20)
    service = models.CharField(max_length=30)
    region = models.CharField(max_length=6)
    channel = models.CharField(max_length=10)
    # 5 very satisfied … 1 very dissatisfied.
    grade = models.PositiveSmallIntegerField()
    reasons = CanonicalJson(default=list)
    remark = SealedText(null=True, blank=True)
    rated_on = models.DateField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["region", "rated_on"], name="rating_region_day")]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="rating_once"),
            models.CheckConstraint(condition=models.Q(grade__gte=1, grade__lte=5), name="rating_grade_known"),
            models.CheckConstraint(condition=models.Q(step__in=STEPS), name="rating_step_known"),
        ]


class CallBack(models.Model):
    """The call to somebody who was not satisfied, by a colleague who did not handle the case."""

    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="call_back")
    region = models.CharField(max_length=6)
    due_on = models.DateField()
    due_provisional = models.BooleanField(default=False)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="call_backs"
    )
    outcome = models.CharField(max_length=12, blank=True)
    found = models.CharField(max_length=500, blank=True)
    done = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["region", "due_on"], name="call_back_region_due")]
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="call_back_outcome_known"),
            models.CheckConstraint(
                condition=models.Q(outcome="") | models.Q(holder__isnull=False), name="call_back_answered_by_somebody"
            ),
        ]
