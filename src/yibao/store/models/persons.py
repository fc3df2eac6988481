"""Persons, the groups they belong to, and the units that pay for them."""

import uuid

from django.db import models

from yibao.store.fields import BlindIndex, SealedText

IDENTITY_KINDS = [("resident_id", "居民身份证"), ("temporary", "临时身份"), ("other", "其他证件")]
SEXES = [("M", "男"), ("F", "女")]


class Person(models.Model):
    """One person; who they are stays sealed, and is found again only by the whole number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity_kind = models.CharField(max_length=20, choices=IDENTITY_KINDS, default="resident_id")
    identity = SealedText()
    identity_index = BlindIndex(of="identity")
    name = SealedText()
    phone = SealedText(null=True, blank=True)
    phone_index = BlindIndex(of="phone")
    sex = models.CharField(max_length=1, choices=SEXES)
    born = models.DateField()
    died_on = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)
    legal_age_on = models.DateField(null=True, blank=True)
    region = models.CharField(max_length=6)
    synthetic = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    class Meta:
        indexes = [models.Index(fields=["phone_index"], name="person_phone")]
        constraints = [
            models.UniqueConstraint(
                fields=["identity_kind", "identity_index"],
                condition=models.Q(merged_into__isnull=True),
                name="person_identity_once",
            ),
            models.CheckConstraint(condition=models.Q(sex__in=["M", "F"]), name="person_sex_known"),
            models.CheckConstraint(
                condition=models.Q(died_on__isnull=True) | models.Q(died_on__gte=models.F("born")),
                name="person_died_after_born",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class PersonGroup(models.Model):
    """A group of the pack's own list (双解人员, 低保对象 …) a person belongs to, half-open in days."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="groups")
    code = models.CharField(max_length=40)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]


class Unit(models.Model):
    """An employer or other body that enrols and pays for people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    credit_code = models.CharField(max_length=18, unique=True)
    region = models.CharField(max_length=6)
    synthetic = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class BankAccount(models.Model):
    """An account money may be paid to, of a person, a unit or another area's agency; holder and number are sealed."""

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="bank_accounts")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="bank_accounts")
    # Code of another pooling area, whose agency it belongs to.
    agency = models.CharField(max_length=6, blank=True, default="")
    bank_name = models.CharField(max_length=80)
    holder = SealedText()
    number = SealedText()
    number_index = BlindIndex(of="number")
    added_at = models.DateTimeField()
    case_number = models.CharField(max_length=30, blank=True)
    # The route the contribution came by: money may go back there without asking for an account.
    original_route = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(agency="") & (models.Q(person__isnull=True) ^ models.Q(unit__isnull=True)))
                | (~models.Q(agency="") & models.Q(person__isnull=True, unit__isnull=True)),
                name="bank_account_one_owner",
            ),
        ]
