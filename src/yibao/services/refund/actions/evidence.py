"""What a decision about a case rests on, taken from the store, and the decision itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from yibao.kernel.canonical import content_hash
from yibao.kernel.money import Money
from yibao.policy import Packs, casefile, load_texts
from yibao.services.refund import rulebook, rules
from yibao.services.refund.models import RefundRequest
from yibao.services.refund.rules import Decision
from yibao.store import cases, packs, promises, situations
from yibao.store.models import Case, StoredDecision

PROMISE_LETTER = "promise_letter"
KEPT_VERSIONS = 4
"""Old versions of the rules held ready in memory; each takes some megabytes and, to load again, tenths of a second."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts, papers and answers of a case at one moment.

    Attributes:
        case_file: The case file of the contract.
        hash: SHA-256 over the facts used, the papers' hashes and the answers. The day is left out, so that
            nothing changes by waiting; so is the account to pay to, which decides nothing.
    """

    case_file: dict[str, Any]
    hash: str


def applied_on(*, case: Case, on: date) -> date:
    """Return the day of application: that of the first submission, or today for a draft."""
    return case.submitted_on or on


def gather(*, case: Case, request: RefundRequest, on: date) -> Evidence:
    """Return the evidence of a case as the record holds it now.

    Args:
        case: The case.
        request: Its answers.
        on: Today, at the caller's edge.
    """
    papers = [(paper.material, paper.sha256) for paper in case.documents.filter(removed_at=None)]
    promised = {letter.material: letter.paper.sha256 for letter in promises.live(case)}
    # A promise stands where the paper would; that it is one is part of the evidence too.
    letters = {PROMISE_LETTER} if promised else set()
    materials = sorted({material for material, _ in papers} | set(request.seen_at_window) | set(promised) | letters)
    papers += [(f"{PROMISE_LETTER}/{material}", sha256) for material, sha256 in promised.items()]
    case_file = situations.case_file(
        person_id=case.person_id,
        region=case.region,
        on=applied_on(case=case, on=on),
        request=asked(request),
        applicant={"kind": request.applicant},
        materials=materials,
    )
    facts = {name: value for name, value in case_file.items() if name != "on"}
    return Evidence(case_file, content_hash({"facts": facts, "papers": sorted(map(list, papers))}))


def asked(request: RefundRequest) -> dict[str, Any]:
    """Return the request as the case file states it."""
    plain: dict[str, Any] = {
        "payments": [situations.payment_key(pk) for pk in selected(request)],
        "channel": request.channel,
    }
    if not plain["payments"]:
        del plain["payments"]
    if request.reason:
        plain["reason"] = request.reason
    if request.determined_fen is not None:
        plain["determined"] = {
            "amount": str(Money(request.determined_fen)),
            "worksheet": request.determined_worksheet,
            "by": request.determined_by,
        }
    return plain


def selected(request: RefundRequest) -> list[int]:
    """Return the numbers of the contributions asked for, in order."""
    if "chosen" in request.__dict__:
        return [row.pk for row in request.chosen.values()]
    return sorted(request.payments.values_list("pk", flat=True))


def decided(evidence: Evidence) -> Decision:
    """Return the decision upon the evidence, by the rules in force on its day.

    Raises:
        InputInvalid: The record holds something no case file may; the problems name it.
    """
    return rulebook.decide(evidence.case_file)


def as_stored(stored: StoredDecision) -> Decision:
    """Return a decision as it was made: what went in, by the rules kept with it, whatever the rules say today."""
    code, version = stored.canonical["pack"]["region"], stored.pack_version_id
    today = rulebook.region(code)
    region = today if today.version == version else _kept_rules(version).region_for(code)
    return rules.decide(case=casefile.read(json.loads(stored.case_file)), region=region)


@lru_cache(maxsize=KEPT_VERSIONS)
def _kept_rules(version: str) -> Packs:
    return load_texts(texts=packs.texts(version))


def keep(
    *, case: Case, request: RefundRequest, evidence: Evidence, decision: Decision, on: date, at: datetime
) -> StoredDecision:
    """Store a decision with the case: what went in, what came out, by which version of the rules."""
    plain = decision.json()
    keep_rules(decision, at=at)
    return cases.record_decision(
        case=case,
        service="refund",
        decided_on=on,
        pack_version=plain["pack"]["version"],
        evidence_hash=evidence.hash,
        case_file=evidence.case_file,
        canonical=decision.canonical(),
        outcome=plain["decision"],
        amount_fen=amount_fen(plain=plain, request=request),
        at=at,
    )


def keep_rules(decision: Decision, *, at: datetime) -> None:
    """Keep the full texts of the rules a decision was made by, once per version."""
    pack = decision.json()["pack"]
    packs.save(version=pack["version"], region=pack["region"], texts=rulebook.region(pack["region"]).texts, at=at)


def amount_fen(*, plain: Mapping[str, Any], request: RefundRequest) -> int | None:
    """Return what would be paid in fen; where a person must decide, what the agency determined, or None."""
    if plain["decision"] == "manual":
        return request.determined_fen
    return None if plain["amount"] is None else Money.parse(plain["amount"]).fen
