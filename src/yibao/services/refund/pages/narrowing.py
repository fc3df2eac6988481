"""What a refund adds to lists and figures: where it came in, how well its decision is founded, why it is refused."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest

from yibao.services.refund import workflow
from yibao.store.models import Case, StoredDecision
from yibao.store.models.cases import WEAK

Refine = Callable[[QuerySet[Case]], QuerySet[Case]]


def queue_filters(request: HttpRequest) -> list[dict[str, Any]]:
    """Return this service's filters of the work list."""
    say = request.say
    channels = {code: say(f"refund.enums.channel.{code}") for code in workflow.CHANNELS}
    return [
        {"name": "channel", "label": say("refund.queue.channel"), "answers": channels, "refine": came_by},
        {"name": "basis", "label": say("refund.queue.basis"), "answers": {"weak": say("refund.queue.weak")},
         "refine": founded},
    ]  # fmt: skip


@cache
def came_by(channel: str) -> Refine:
    """Return the condition that a case came in by a channel."""
    return lambda found: found.filter(refund__channel=channel)


@cache
def founded(basis: str) -> Refine:
    """Return the condition that the decision in force rests on weak sources, or on no rule; `basis` is `weak`."""
    shaky = StoredDecision.objects.filter(WEAK, case=OuterRef("pk"), evidence_hash=F("case__evidence_hash"))
    return lambda found: found.filter(Exists(shaky))


def refusal_reasons(request: HttpRequest) -> dict[str, str]:
    """Return why a refund may be refused: code to words."""
    english = request.say.language == "en"
    return {code: en if english else zh for code, (zh, en) in workflow.REFUSE_REASONS.items()}
