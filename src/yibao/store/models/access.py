"""Who may do what: staff by role and region, citizens as themselves; and every change of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yibao.casework.officers import OFFICERS
from yibao.store.fields import BlindIndex, CanonicalJson, SealedText
from yibao.store.models.persons import Person


class StaffRole(models.Model):
    """A role a member of staff holds in one region (受理岗, 审核岗 …).

    A guard of the database keeps an officer's role the only one of its login, see `store.guards`.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_roles", db_index=False
    )
    role = models.CharField(max_length=30)
    region = models.CharField(max_length=6)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "region"], name="staff_role_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(role__in=sorted(OFFICERS)), name="one_officer_role"),
        ]


class CitizenLogin(models.Model):
    """The login of one insured person."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="citizen_login")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="logins")


class RoleProposal(models.Model):
    """A role one officer proposes and another one releases; open until somebody decided."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_proposals")
    role = models.CharField(max_length=30)
    region = models.CharField(max_length=6)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    released = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="role_proposal_two_persons"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region"], condition=Q(decided_by=None), name="role_proposal_open_once"
            ),
        ]


class AccountEvent(models.Model):
    """One thing that happened to a login, or that a citizen did with theirs; a chain per login, never changed."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="account_events", db_index=False
    )
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    data = CanonicalJson(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "seq"], name="account_event_seq_once")]
        indexes = [models.Index(fields=["kind", "-at"], name="account_event_kind")]


class StaffCredential(models.Model):
    """What a member of staff proves themselves with, beside the password."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credential")
    password_is_temporary = models.BooleanField(default=False)
    totp_secret = SealedText(null=True)
    totp_confirmed = models.BooleanField(default=False)
    totp_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """A code that replaces the second factor once; only its keyed hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)


class Passkey(models.Model):
    """A key in somebody's device; of it the public half is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.CharField(max_length=400, unique=True)
    public = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A program that acts for a login; only the hash of the token is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    label = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()


class ProviderLogin(models.Model):
    """What an identity provider calls a person whose login it opens, kept as a digest."""

    login = models.ForeignKey(CitizenLogin, on_delete=models.PROTECT, related_name="provider_logins")
    provider = models.CharField(max_length=40)
    subject = SealedText()
    subject_index = BlindIndex(of="subject")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "subject_index"], name="provider_login_once")]
