"""What people send, read into answers; what is wrong with it stays a key, so that pages speak both languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from yibao.kernel.identifiers import IdentifierError, check_bank_card, check_resident_id, check_unit_account
from yibao.kernel.money import MoneyError
from yibao.kernel.typed import amount

BANK_NAME_MAX = 80
HOLDER_MAX = 60
NOTE_MAX = 500
UNSURE = "any"
REASONS = (
    "duplicate",
    "unemployment_overlap",
    "moved_to_unit",
    "retired_overpay",
    "concession",
    "subsidy",
    "stop_failed",
    "death",
    "late_formalities",
    "after_season",
    "laid_off",
)
"""Reasons offered on the portal, the commonest first; leaving it open lets every rule be tried."""
UNIT_REASONS = ("late_formalities", "stop_failed", "duplicate")
"""Reasons offered to a unit about what it paid."""
ACCOUNT = ("bank_name", "bank_holder", "bank_number")
RECEIVERS = ("payer", "guardian", "proxy", "heir")


@dataclass(slots=True)
class Form:
    """One page of answers.

    Attributes:
        answers: What was understood, in the form the actions take.
        errors: Field to the key of its sentence; empty when the answers may be saved.
        typed: What was typed, shown again beside an error.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)


def identity(*, post: QueryDict) -> Form:
    """Read the identity number of the person who stands at the counter."""
    text = post.get("identity", "").strip()
    form = Form(typed={"identity": text})
    if not text:
        form.errors["identity"] = "refund.error.identity_missing"
        return form
    try:
        form.answers["identity"] = check_resident_id(text)
    except IdentifierError:
        form.errors["identity"] = "refund.error.identity_wrong"
    return form


def employee(*, post: QueryDict) -> Form:
    """Read whom a unit asks about: the identity number, and the name that must go with it."""
    form = identity(post=post)
    form.typed["name"] = form.answers["name"] = " ".join(post.get("name", "").split())
    if not form.typed["name"]:
        form.errors["name"] = "refund.error.employee_name_missing"
    return form


def purpose(*, post: QueryDict, purposes: Iterable[str], with_note: Iterable[str]) -> Form:
    """Read what numbers are to be shown for.

    Args:
        post: The request's data.
        purposes: What may be chosen.
        with_note: Those that need a note.
    """
    chosen, note = post.get("purpose", ""), post.get("note", "").strip()
    form = Form(answers={"purpose": chosen, "note": note}, typed={"purpose": chosen, "note": note})
    if chosen not in purposes:
        form.errors["purpose"] = "refund.error.no_purpose"
    elif chosen in with_note and not note:
        form.errors["note"] = "refund.error.no_purpose_note"
    elif len(note) > NOTE_MAX:
        form.errors["note"] = "refund.error.note_long"
    return form


def seen(*, post: QueryDict, listed: Mapping[str, Any]) -> Form:
    """Read which papers were shown at the counter; only those listed count, and none may be an answer.

    Args:
        post: The request's data.
        listed: Papers of the page by code.
    """
    chosen = [code for code in post.getlist("seen_at_window") if code in listed]
    return Form(answers={"seen_at_window": chosen}, typed={"seen_at_window": chosen})


def payments(*, post: QueryDict, offered: Mapping[str, Any]) -> Form:
    """Read which payments are asked for; only the person's own, as offered, count.

    Args:
        post: The request's data.
        offered: Payments of the person by id.
    """
    chosen = [key for key in post.getlist("payments") if key in offered]
    form = Form(answers={"payments": chosen}, typed={"payments": chosen})
    if not chosen:
        form.errors["payments"] = "refund.error.no_payment"
    return form


def reason(*, post: QueryDict) -> Form:
    """Read why a refund is asked for; `any` leaves it to the rules."""
    code = post.get("reason", "")
    form = Form(answers={"reason": "" if code == UNSURE else code}, typed={"reason": code})
    if code not in (*REASONS, UNSURE):
        form.errors["reason"] = "refund.error.no_reason"
    return form


def account(*, post: QueryDict, original: bool, applicant: str = "", unit: str = "") -> Form:
    """Read who receives the money and into which account.

    Args:
        post: The request's data.
        original: The money may go back where the contribution came from, so the account may be left empty.
        applicant: By what right somebody acts for another, where it is known; asked otherwise.
        unit: Name of the unit, in whose name the account is; empty where a person applies.
    """
    typed = {name: post.get(name, "").strip() for name in ("applicant", "bank_name", "bank_holder", "bank_number")}
    typed["applicant"] = applicant or typed["applicant"]
    form = Form(typed=typed)
    if unit:
        typed |= {"applicant": "unit", "bank_holder": unit if typed["bank_number"] or typed["bank_name"] else ""}
    if typed["applicant"] not in (*RECEIVERS, *(("unit",) if unit else ())):
        form.errors["applicant"] = "refund.error.no_receiver"
    if original and not any(typed[name] for name in ACCOUNT):
        form.answers = {"applicant": typed["applicant"]}
        return form
    for name, limit in (("bank_name", BANK_NAME_MAX), ("bank_holder", HOLDER_MAX)):
        if not typed[name]:
            form.errors[name] = f"refund.error.{name}_missing"
        elif len(typed[name]) > limit and not (unit and name == "bank_holder"):
            form.errors[name] = f"refund.error.{name}_long"
    form.answers = {**typed, "bank_number": _card(typed["bank_number"], form, of_unit=bool(unit))}
    return form


def _card(number: str, form: Form, *, of_unit: bool) -> str:
    if not number:
        form.errors["bank_number"] = "refund.error.bank_number_missing"
        return ""
    try:
        return check_unit_account(number) if of_unit else check_bank_card(number)
    except IdentifierError:
        form.errors["bank_number"] = f"refund.error.{'unit' if of_unit else 'bank'}_number_wrong"
        return ""


def note(*, post: QueryDict, name: str, missing: str) -> Form:
    """Read a text that must not be empty: a reason to withdraw, to refuse, a payment reference."""
    text = post.get(name, "").strip()
    form = Form(answers={name: text}, typed={name: text})
    if not text:
        form.errors[name] = missing
    elif len(text) > NOTE_MAX:
        form.errors[name] = "refund.error.note_long"
    return form


def correction(*, post: QueryDict, materials: Mapping[str, Any]) -> Form:
    """Read the one notice of everything that is missing.

    Args:
        post: The request's data: `items` ticked, a `note_<code>` for each, `other` for anything else.
        materials: Codes that may be asked for.
    """
    chosen = [code for code in post.getlist("items") if code in materials]
    notes = {code: post.get(f"note_{code}", "").strip() for code in chosen}
    items = [{"material": code, "note": notes[code]} for code in chosen]
    other = post.get("other", "").strip()
    if other:
        items.append({"field": "other", "note": other})
    form = Form(answers={"items": items}, typed={"items": chosen, "other": other, **notes})
    if not items:
        form.errors["items"] = "refund.error.no_items"
    if any(len(text) > NOTE_MAX for text in (other, *notes.values())):
        form.errors["other"] = "refund.error.note_long"
    return form


def refusal(*, post: QueryDict, codes: Mapping[str, Any]) -> Form:
    """Read why a case is refused: a code, and a note where the code needs one."""
    code, text = post.get("reason_code", ""), post.get("note", "").strip()
    form = Form(answers={"reason_code": code, "note": text}, typed={"reason_code": code, "note": text})
    if code not in codes:
        form.errors["reason_code"] = "refund.error.no_refusal"
    if not text:
        form.errors["note"] = "refund.error.no_note"
    elif len(text) > NOTE_MAX:
        form.errors["note"] = "refund.error.note_long"
    return form


def determined(*, post: QueryDict) -> Form:
    """Read the amount an agency determined, with its worksheet."""
    typed = {name: post.get(name, "").strip() for name in ("amount", "worksheet")}
    form = Form(answers=dict(typed), typed=typed)
    try:
        form.answers["amount"] = str(amount(typed["amount"]))
    except MoneyError:
        form.errors["amount"] = "refund.error.amount"
    if not typed["worksheet"]:
        form.errors["worksheet"] = "refund.error.no_worksheet"
    elif len(typed["worksheet"]) > NOTE_MAX:
        form.errors["worksheet"] = "refund.error.note_long"
    return form
