"""What a decision about a case rests on, taken from the store, and the decision itself."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from yibao.kernel.canonical import content_hash
from yibao.kernel.money import Money
from yibao.policy import Packs, casefile, load_texts
from yibao.services.refund import rulebook, rules
from yibao.services.refund.models import RefundRequest
from yibao.services.refund.rules import Decision
from yibao.store import cases, packs, promises, situations
from yibao.store.models import Case, Document, StoredDecision

PROMISE_LETTER = "promise_letter"
KEPT_VERSIONS = 4
"""Old versions of the rules held ready in memory; each takes some megabytes and, to load again, tenths of a second."""

# Versions whose texts this process has compared with those on record: both stay as they are.
_compared: set[str] = set()


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
    return gather_all([(case, request)], on=on)[case.pk]


def gather_all(asking: Iterable[tuple[Case, RefundRequest]], *, on: date) -> dict[int, Evidence]:
    """Return the evidence of cases as the record holds it now, by the key of the case.

    A dozen statements however many cases are asked for; what was asked for is left on each request as `chosen`.

    Args:
        asking: Each case with its answers.
        on: Today, at the caller's edge.
    """
    found = list(asking)
    papers: dict[int, list[tuple[str, str]]] = {case.pk: [] for case, _ in found}
    promised: dict[int, dict[str, str]] = {case.pk: {} for case, _ in found}
    for case_id, material, digest in promises.live_of(papers):
        promised[case_id][material] = digest
    handed_in = Document.objects.filter(case_id__in=papers, removed_at=None)
    for case_id, material, digest in handed_in.values_list("case_id", "material", "sha256"):
        papers[case_id].append((material, digest))
    records = situations.records(case.person_id for case, _ in found)
    _choose([request for _, request in found], records)
    return {
        case.pk: _evidence(case, request, Handed(papers[case.pk], promised[case.pk]), records[case.person_id], on)
        for case, request in found
    }


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed in for a case: papers as material and hash, and letters that promise a paper, by material."""

    papers: list[tuple[str, str]]
    promised: dict[str, str]


def _evidence(case: Case, request: RefundRequest, handed: Handed, record: situations.Record, on: date) -> Evidence:
    # A promise stands where the paper would; that it is one is part of the evidence too.
    letters = {PROMISE_LETTER} if handed.promised else set()
    here = {material for material, _ in handed.papers}
    papers = [
        *handed.papers,
        *((f"{PROMISE_LETTER}/{material}", sha256) for material, sha256 in handed.promised.items()),
    ]
    case_file = situations.filed(
        record=record,
        region=case.region,
        on=applied_on(case=case, on=on),
        request=asked(request),
        applicant={"kind": request.applicant},
        materials=sorted(here | set(request.seen_at_window) | set(handed.promised) | letters),
    )
    facts = {name: value for name, value in case_file.items() if name != "on"}
    return Evidence(case_file, content_hash({"facts": facts, "papers": sorted(map(list, papers))}))


def _choose(requests: list[RefundRequest], records: Mapping[UUID, situations.Record]) -> None:
    """Leave on each request the payments it asks for, out of the records that were read; others it reads itself."""
    through = RefundRequest.payments.through.objects.filter(refundrequest_id__in=[one.pk for one in requests])
    wanted: dict[int, list[int]] = {one.pk: [] for one in requests}
    for request_id, contribution_id in through.order_by("contribution_id").values_list(
        "refundrequest_id", "contribution_id"
    ):
        wanted[request_id].append(contribution_id)
    known = {row.pk: row for record in records.values() for row in record.contributions}
    for request in requests:
        request.__dict__.pop("chosen", None)
        if known.keys() >= set(wanted[request.pk]):
            request.chosen = {situations.payment_key(pk): known[pk] for pk in wanted[request.pk]}


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
    keep_rules(decision, at=at)
    made = to_keep(case=case, request=request, evidence=evidence, decision=decision, on=on)
    return cases.record_decisions([made], at=at)[0]


def to_keep(*, case: Case, request: RefundRequest, evidence: Evidence, decision: Decision, on: date) -> cases.Made:
    """Return a decision as the store keeps it; the rules it was made by are kept with `keep_rules`."""
    plain = decision.canonical()
    return cases.Made(
        case=case,
        service="refund",
        decided_on=on,
        pack_version=plain["pack"]["version"],
        evidence_hash=evidence.hash,
        case_file=evidence.case_file,
        canonical=plain,
        outcome=plain["decision"],
        amount_fen=amount_fen(plain=plain, request=request),
    )


def keep_rules(decision: Decision, *, at: datetime) -> None:
    """Keep the full texts of the rules a decision was made by, once per version."""
    if decision.version in _compared and packs.on_record(decision.version):
        return
    texts = rulebook.region(decision.region).texts
    packs.save(version=decision.version, region=decision.region, texts=texts, at=at)
    _compared.add(decision.version)


def amount_fen(*, plain: Mapping[str, Any], request: RefundRequest) -> int | None:
    """Return what would be paid in fen; where a person must decide, what the agency determined, or None."""
    if plain["decision"] == "manual":
        return request.determined_fen
    return None if plain["amount"] is None else Money.parse(plain["amount"]).fen
