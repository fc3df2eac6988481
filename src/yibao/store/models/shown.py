"""Which of a person's relations is shown first; a choice about the display and about nothing else."""

from django.db import models

from yibao.store.models.insurance import Enrolment
from yibao.store.models.persons import Person


class ShownPlace(models.Model):
    """The relation a person wants shown; each change stands in the chain of the login that made it."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="shown_place")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"shown place of {self.person_id}"
