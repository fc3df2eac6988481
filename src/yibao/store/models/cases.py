"""A case: its append-only actions, and the projections written in the same transaction."""

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL

from yibao.store.fields import CanonicalJson, SealedText
from yibao.store.models.packs import PackVersion
from yibao.store.models.persons import Person, Unit


def area(digits: int) -> models.Func:
    """Return the first digits of a region, two of a province or four of a city, as the indexes below keep them."""
    return models.Func("region", function="SUBSTR", template=f"%(function)s(%(expressions)s, 1, {digits})",
                       output_field=models.CharField())  # fmt: skip


STOPPED = models.Q(state="correction_due")
# What a list is narrowed by stands in its index: the index alone answers, and no case is looked up that does not pass.
NARROWED_BY = ["region", "service", "number", "level", "amount_fen", "holder"]


class Case(models.Model):
    """Where a case stands, computed from its actions; `yibao audit verify` recomputes and compares."""

    number = models.CharField(max_length=30, unique=True)
    service = models.CharField(max_length=30)
    region = models.CharField(max_length=6)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases", db_index=False)
    # The unit that applied through its agent, about what it paid for the person; the first action says so too.
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    state = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField(default=0)
    process = CanonicalJson(default=list)
    due_on = models.DateField(null=True, blank=True)
    due_provisional = models.BooleanField(default=False)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="held_cases",
        db_index=False,
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="entered_cases",
        db_index=False,
    )
    pack_version = models.ForeignKey(PackVersion, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    evidence_hash = models.CharField(max_length=64, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    opened_on = models.DateField()
    submitted_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    action_count = models.PositiveIntegerField(default=0)
    chain_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="case_person"),
            models.Index(fields=["region", "state", "due_on", "id"], name="case_region_state_due"),
            models.Index(area(2), "due_on", "id", include=NARROWED_BY, condition=STOPPED, name="case_stopped_province"),
            models.Index(area(4), "due_on", "id", include=NARROWED_BY, condition=STOPPED, name="case_stopped_city"),
            # Most cases have none of these, and a step of theirs writes nothing here.
            models.Index(fields=["unit"], condition=models.Q(unit__isnull=False), name="case_of_unit"),
            models.Index(fields=["holder"], condition=models.Q(holder__isnull=False), name="case_in_hand"),
            models.Index(fields=["entered_by"], condition=models.Q(state="draft"), name="case_draft_entered"),
        ]

    def __str__(self) -> str:
        return self.number


class CaseAction(models.Model):
    """One thing somebody did to a case; never changed, never deleted. Holds no personal data."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="actions", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=30, blank=True)
    at = models.DateTimeField()
    business_date = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    evidence_hash = models.CharField(max_length=64, blank=True)
    data = CanonicalJson(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["case_id", "seq"]
        # The figures of an office ask for the steps of a period.
        indexes = [models.Index(fields=["business_date", "kind"], name="case_action_by_day")]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="case_action_seq_once")]


class CaseTurn(models.Model):
    """Whose turn it is, one row per role a case waits for, with what a list is narrowed by.

    The work lists read only this table's indexes.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="turns", db_index=False)
    role = models.CharField(max_length=30)
    region = models.CharField(max_length=6)
    service = models.CharField(max_length=30)
    due_on = models.DateField()
    number = models.CharField(max_length=30)
    level = models.PositiveSmallIntegerField(default=0)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["role", "region", "due_on", "case"], include=NARROWED_BY[1:], name="case_turn_queue"),
            models.Index("role", area(2), "due_on", "case", include=NARROWED_BY, name="case_turn_province"),
            models.Index("role", area(4), "due_on", "case", include=NARROWED_BY, name="case_turn_city"),
        ]
        constraints = [models.UniqueConstraint(fields=["case", "role"], name="case_turn_once")]


class CaseClock(models.Model):
    """A limit in working days that runs while the office has the case, and stops while the citizen has it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    name = models.CharField(max_length=30)
    working_days = models.PositiveSmallIntegerField()
    started_on = models.DateField()
    running_since = models.DateField(null=True, blank=True)
    days_used = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True, blank=True)
    due_provisional = models.BooleanField(default=False)
    finished_on = models.DateField(null=True, blank=True)
    escalated_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_on"], condition=models.Q(finished_on__isnull=True), name="case_clock_due"),
            models.Index(
                fields=["finished_on", "name"], condition=models.Q(finished_on__isnull=False), name="case_clock_by_day"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="case_clock_once")]


class CaseSignature(models.Model):
    """One signature at one level; the database itself refuses a second one by the same person."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    # Evidence changed after a signature starts a new round; the old signatures stay readable.
    round = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=30)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures", db_index=False
    )
    at = models.DateTimeField()
    evidence_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["round", "level", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "level", "role"], name="case_signature_role_once"),
            models.UniqueConstraint(fields=["case", "round", "user"], name="case_signature_person_once"),
        ]


# Written out, as a partial index answers only what asks with its own words.
WEAK = RawSQL(
    """(canonical LIKE '%%"low_confidence":true%%' OR outcome = 'manual')""", (), output_field=models.BooleanField()
)
"""Whether a decision rests on a weak source, or was left to a person."""


class StoredDecision(models.Model):
    """A decision as it was made: what went in (sealed), what came out (canonical), by which rules."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    service = models.CharField(max_length=30)
    decided_on = models.DateField()
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, db_index=False)
    evidence_hash = models.CharField(max_length=64)
    case_file = SealedText()
    canonical = CanonicalJson()
    sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=30)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "evidence_hash"], condition=models.Q(WEAK), name="decision_weak")]
