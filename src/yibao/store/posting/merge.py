"""Two personal accounts of one person become one."""

from datetime import date, datetime

from yibao.ledger import recipes
from yibao.ledger.accounts import Account
from yibao.ledger.journal import Draft
from yibao.store import keys
from yibao.store.models import JournalTransaction, LedgerAccount, PersonalAccountBalance
from yibao.store.posting.single import post
from yibao.store.refusals import refuse


def merge_personal_accounts(
    *, source: Account, target: Account, key: str, on: date, at: datetime, case_number: str = ""
) -> JournalTransaction | None:
    """Move the whole balance of a duplicate personal account to the one that is kept, and close the duplicate.

    Args:
        source: The duplicate, in the target's region.
        target: The account that is kept, of the same person or of the one their record was merged into.
        key: The request's key; the same key again changes nothing.
        on: Accounting date, and the day the duplicate closes.
        at: Now.
        case_number: The case, where there is one.

    Returns:
        The transaction; None when there was nothing to move.

    Raises:
        Refused: `not_the_same_person`, `account_closed`, or what `post` refuses.
    """
    content = {"source": source.code, "target": target.code}
    with keys.once(key=key, content=content, at=at) as slot:
        if slot.repeated:
            return JournalTransaction.objects.filter(key=f"{key}/entries").first()
        duplicate = _checked(source, target)
        # Both at once and by id: the one order in which personal accounts are locked.
        pair = PersonalAccountBalance.objects.select_for_update().filter(account__code__in=[source.code, target.code])
        running = next((row for row in pair.order_by("pk") if row.pk == duplicate.pk), None)
        made = None
        if running is not None and running.balance_fen:
            postings = recipes.accounts_merged(source=source, target=target, balance_fen=running.balance_fen)
            draft = Draft(f"{key}/entries", "accounts_merged", on, postings, case_number)
            made = post(draft=draft, at=at)
        LedgerAccount.objects.filter(pk=duplicate.pk).update(closed_on=on)
        slot.answer = {"source": source.code, "moved_fen": running.balance_fen if running and made else 0}
    return made


def _checked(source: Account, target: Account) -> LedgerAccount:
    found = LedgerAccount.objects.select_related("person").filter(code__in=[source.code, target.code])
    rows = {row.code: row for row in found}
    duplicate = rows.get(source.code)
    if duplicate is None or duplicate.person is None or source.code == target.code:
        raise refuse("not_the_same_person", source.code, target.code)
    if target.person_id not in (duplicate.person_id, duplicate.person.merged_into_id):
        raise refuse("not_the_same_person", source.code, target.code)
    if duplicate.closed_on is not None:
        raise refuse("account_closed", source.code)
    return duplicate
