"""What a decision about a case rests on, taken from the store, and the decision itself."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from yibao.casework.standing import Standing
from yibao.kernel.canonical import content_hash
from yibao.kernel.money import Money
from yibao.policy import Packs, Region, casefile, load_texts
from yibao.services.refund import rulebook, rules
from yibao.services.refund.actions.refusals import refused
from yibao.services.refund.models import RefundRequest
from yibao.services.refund.rulebook import GivenBack
from yibao.services.refund.rules import Decision
from yibao.store import cases, chains, packs, ready, recorded, situations, together
from yibao.store.models import Case, Contribution, MovedEnrolment, StoredDecision

PROMISE_LETTER = "promise_letter"
KEPT_DECISIONS = 256
"""Decisions held ready in memory; each takes some tens of kilobytes and, to make again, a millisecond."""
KEPT_VERSIONS = 4
"""Old versions of the rules held ready in memory; each takes some megabytes and, to load again, tenths of a second."""

_PROMISED = f"{PROMISE_LETTER}/"
_HANDED = f"""
SELECT case_id, material, sha256, CAST(NULL AS bigint) FROM store_document
WHERE case_id {{among}} AND removed_at IS NULL
UNION ALL SELECT letter.case_id, '{_PROMISED}' || letter.material, paper.sha256, NULL FROM store_promiseletter AS letter
JOIN store_issuedpaper AS paper ON paper.id = letter.paper_id
WHERE letter.case_id {{among}} AND letter.taken_back_at IS NULL
UNION ALL SELECT refundrequest_id, '', '', contribution_id FROM refund_refundrequest_payments
WHERE refundrequest_id {{among}}
"""
_OF_HANDED = ("bigint", "text", "text", "bigint")

# Versions whose texts this process has compared with those on record: both stay as they are.
_compared: set[str] = set()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts, papers and answers of a case at one moment.

    Attributes:
        case_file: The case file of the contract.
        hash: SHA-256 over the facts used, the papers' hashes and the answers. The day is left out, so that
            nothing changes by waiting; so is the account to pay to, which decides nothing.
        on: The day of application, the one member of the case file that the hash leaves out.
    """

    case_file: dict[str, Any] = field(compare=False)
    hash: str
    on: str


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

    What was asked for is left on each request as `chosen`.

    Args:
        asking: Each case with its answers.
        on: Today, at the caller's edge.
    """
    found = list(asking)
    return _gathered(found, *together.read(*_asked_for(found)), on=on)


def gather_standing(
    asking: Iterable[tuple[Case, RefundRequest]], *, on: date
) -> tuple[dict[int, Evidence], dict[int, Standing]]:
    """Return the evidence of cases and where they stand, both by the key of the case, in one statement.

    Args:
        asking: Each case, locked, with its answers.
        on: Today, at the caller's edge.

    Raises:
        ChainBroken: A chain does not end where its case says it does.
    """
    found = list(asking)
    held = [case for case, _ in found]
    *of_evidence, actions = together.read(*_asked_for(found), chains.select(held))
    return _gathered(found, *of_evidence, on=on), chains.standings_of(actions, held=held)


def _asked_for(found: Sequence[tuple[Case, RefundRequest]]) -> tuple[together.Select, together.Select]:
    keys = [case.pk for case, _ in found]
    handed = together.Select(_HANDED, _OF_HANDED, (keys, keys, keys))
    return handed, recorded.select(list({case.person_id: None for case, _ in found}))


def _gathered(
    found: Sequence[tuple[Case, RefundRequest]],
    handed_rows: Sequence[Sequence[Any]],
    record_rows: Sequence[Sequence[Any]],
    *,
    on: date,
) -> dict[int, Evidence]:
    handed = _handed([case.pk for case, _ in found], handed_rows)
    records = situations.records_of(record_rows, person_ids=[case.person_id for case, _ in found])
    known = {row.pk: row for record in records.values() for row in record.contributions}
    for case, request in found:
        _choose(request, handed[case.pk].payments, known)
    return {case.pk: _evidence(case, request, handed[case.pk], records[case.person_id], on) for case, request in found}


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed in for a case: papers as material and hash, promising letters by material, payments asked for."""

    papers: list[tuple[str, str]] = field(default_factory=list)
    promised: dict[str, str] = field(default_factory=dict)
    payments: list[int] = field(default_factory=list)


def _handed(case_ids: Sequence[int], rows: Iterable[Sequence[Any]]) -> dict[int, Handed]:
    """Return what was handed in and asked for, by case, out of what was read."""
    found = {pk: Handed() for pk in case_ids}
    for case_id, material, digest, payment in rows:
        if payment is not None:
            found[case_id].payments.append(payment)
        elif material.startswith(_PROMISED):
            found[case_id].promised[material.removeprefix(_PROMISED)] = digest
        else:
            found[case_id].papers.append((material, digest))
    return found


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
    return Evidence(case_file, content_hash({"facts": facts, "papers": sorted(map(list, papers))}), case_file["on"])


def _choose(request: RefundRequest, wanted: Sequence[int], known: Mapping[int, Contribution]) -> None:
    """Leave on a request the payments it asks for, out of the records that were read; others it reads itself."""
    request.__dict__.pop("chosen", None)
    if known.keys() >= set(wanted):
        request.chosen = {situations.payment_key(pk): known[pk] for pk in sorted(wanted)}


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
    region = rulebook.region(evidence.case_file["region"])
    return _decided(evidence, _Rules(region.code, region.version, region))


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of a place; two are the same when their texts are."""

    code: str
    version: str
    region: Region = field(compare=False)


@lru_cache(maxsize=KEPT_DECISIONS)
def _decided(evidence: Evidence, rules_: _Rules) -> Decision:
    # A decision is a function of the case file and of the texts of the rules. The evidence was taken anew from the
    # record; its hash covers every member of the case file but the day, and the day and the hash of the texts are the
    # rest of the key. So what was decided for a page, for a level before, or for the months given back is the same
    # decision, and one changed fact, paper, day or line of a pack is another key.
    return rules.decide(case=casefile.read(evidence.case_file), region=rules_.region)


def given_back(*, evidence: Evidence, decision: Decision) -> Mapping[str, GivenBack]:
    """Return what a decision upon the evidence gives back of each payment, by payment."""
    return rulebook.given_back(case_file=evidence.case_file, decision=decision)


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
    *,
    case: Case,
    request: RefundRequest,
    evidence: Evidence,
    decision: Decision,
    on: date,
    at: datetime,
    beside: ready.Writes | None = None,
) -> StoredDecision:
    """Store a decision with the case: what went in, what came out, by which version of the rules.

    It is written at once, or along with what stands in `beside`.
    """
    # Rules a case points to are on record: the database holds them while it does.
    if decision.version not in _compared or case.pack_version_id != decision.version:
        keep_rules(decision, at=at)
    made = to_keep(case=case, request=request, evidence=evidence, decision=decision, on=on)
    return cases.record_decisions([made], at=at, beside=beside)[0]


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


def check_here(chosen: Sequence[int]) -> None:
    """Let no payment pass whose relation has moved or is moving: its years and its account money are another place's.

    Args:
        chosen: Contributions by number.

    Raises:
        Refused: payment_moved, with the code of the place.
    """
    moved = MovedEnrolment.objects.filter(enrolment__contributions__in=chosen)
    if place := moved.values_list("to_region", flat=True).first():
        raise refused("payment_moved", place)
