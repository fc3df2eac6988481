"""Who may do what: staff by role and region, citizens as themselves."""

from django.conf import settings
from django.db import models

from yibao.store.models.persons import Person


class StaffRole(models.Model):
    """A role a member of staff holds in one region (受理岗, 审核岗 …)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_roles")
    role = models.CharField(max_length=30)
    region = models.CharField(max_length=6)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "role", "region"], name="staff_role_once")]


class CitizenLogin(models.Model):
    """The login of one insured person."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="citizen_login")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="logins")
