"""The steps of the officers; each is one transaction, and asking twice does it once."""

import re
import secrets
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from yibao.casework.actors import Actor
from yibao.casework.officers import NOWHERE, OFFICERS, SECURITY_OFFICER, SYSTEM_OFFICER, compatible
from yibao.casework.refusals import refuse as refuse_step
from yibao.store.accounts.chain import note
from yibao.store.models import RoleProposal, StaffCredential, StaffRole
from yibao.store.refusals import refuse

USERNAME = re.compile(r"[a-z][a-z0-9_.-]{2,29}")
REGION = re.compile(r"[0-9]{6}")
NAME_MAX = 30
# Without 0, 1, I, O and the like: it is read from a screen and typed once.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4


def create(*, username: str, name: str, by: Actor, at: datetime) -> tuple[User, str]:
    """Make a login without any role, and return it with its password for the first sign-in.

    Args:
        username: 3 to 30 small letters, digits, `_.-`; begins with a letter.
        name: How colleagues call its owner.
        by: A system officer.
        at: Now.

    Raises:
        Refused: not_your_role, username_wrong, name_missing, username_taken.
    """
    _only(by, SYSTEM_OFFICER)
    return _make(username=username, name=name, by=by.user_id, at=at)


def first_officers(*, usernames: dict[str, str], at: datetime) -> dict[str, tuple[User, str]]:
    """Make the three officers of a new installation; afterwards they make everybody else.

    Args:
        usernames: Role to login.
        at: Now.

    Raises:
        Refused: officers_exist, or as `create`.
    """
    with transaction.atomic():
        if StaffRole.objects.filter(role__in=OFFICERS).exists():
            raise refuse("officers_exist")
        made = {}
        for role, username in usernames.items():
            made[role] = _make(username=username, name=username, by=None, at=at)
            StaffRole.objects.create(user=made[role][0], role=role, region=NOWHERE)
            note(account=made[role][0], kind="role_given", actor_id=None, at=at, data={"role": role, "region": NOWHERE})
    return made


def _make(*, username: str, name: str, by: int | None, at: datetime) -> tuple[User, str]:
    name = " ".join(name.split())
    if not USERNAME.fullmatch(username):
        raise refuse("username_wrong")
    if not name or len(name) > NAME_MAX:
        raise refuse("name_missing")
    password = one_time_password()
    with transaction.atomic():
        if User.objects.filter(username=username).exists():
            raise refuse("username_taken", username)
        user = User.objects.create_user(username, password=password, first_name=name)
        StaffCredential.objects.create(user=user, password_is_temporary=True)
        note(account=user, kind="created", actor_id=by, at=at)
    return user, password


def one_time_password() -> str:
    """Return a password for one sign-in, of letters that are not mistaken for one another."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


def propose(*, account_id: int, role: str, region: str, known: frozenset[str], by: Actor, at: datetime) -> RoleProposal:
    """Propose a role for a login; it holds once a security officer releases it.

    Args:
        account_id: The login.
        role: One of `known`.
        region: Six digits; officers' roles are of no region, whatever is given.
        known: The roles there are.
        by: A system officer.
        at: Now.

    Raises:
        Refused: not_your_role, own_account, no_such_account, role_unknown, region_unknown, officer_alone, role_held.
    """
    _only(by, SYSTEM_OFFICER)
    if role not in known:
        raise refuse("role_unknown", role)
    region = NOWHERE if role in OFFICERS else region
    if not REGION.fullmatch(region) or (region == NOWHERE and role not in OFFICERS):
        raise refuse("region_unknown", region)
    with transaction.atomic():
        account = _account(account_id, by)
        wanted = {"user": account, "role": role, "region": region}
        if StaffRole.objects.filter(**wanted).exists():
            raise refuse("role_held", role)
        _keep_officers_alone(account, role)
        proposal, new = RoleProposal.objects.get_or_create(
            **wanted, decided_by=None, defaults={"proposed_by_id": by.user_id, "proposed_at": at}
        )
        if new:
            data = {"role": role, "region": region}
            note(account=account, kind="role_proposed", actor_id=by.user_id, at=at, data=data)
    return proposal


def release(*, proposal_id: int, by: Actor, at: datetime) -> RoleProposal:
    """Give a proposed role.

    Raises:
        Refused: not_your_role, own_account, two_person_rule, proposal_gone, officer_alone.
    """
    return _decide(proposal_id, by=by, at=at, released=True)


def drop(*, proposal_id: int, by: Actor, at: datetime) -> RoleProposal:
    """Turn a proposed role down.

    Raises:
        Refused: not_your_role, own_account, two_person_rule, proposal_gone.
    """
    return _decide(proposal_id, by=by, at=at, released=False)


def _decide(proposal_id: int, *, by: Actor, at: datetime, released: bool) -> RoleProposal:
    _only(by, SECURITY_OFFICER)
    with transaction.atomic():
        found = RoleProposal.objects.filter(pk=proposal_id).first()
        account = _account(found.user_id if found else 0, by)
        proposal = RoleProposal.objects.select_for_update().get(pk=proposal_id)
        if proposal.proposed_by_id == by.user_id:
            raise refuse_step("two_person_rule")
        if proposal.decided_by_id is not None:
            if proposal.released == released:
                return proposal
            raise refuse("proposal_gone")
        if released:
            _keep_officers_alone(account, proposal.role)
            StaffRole.objects.create(user=account, role=proposal.role, region=proposal.region)
        proposal.decided_by_id, proposal.decided_at, proposal.released = by.user_id, at, released
        proposal.save()
        data = {"role": proposal.role, "region": proposal.region, "proposed_by": proposal.proposed_by_id}
        kind = "role_given" if released else "role_turned_down"
        note(account=account, kind=kind, actor_id=by.user_id, at=at, data=data)
    return proposal


def take_role(*, account_id: int, role: str, region: str, by: Actor, at: datetime) -> None:
    """Take a role away at once; a role that is not held is taken already.

    Raises:
        Refused: not_your_role, own_account, no_such_account.
    """
    _only(by, SECURITY_OFFICER)
    with transaction.atomic():
        account = _account(account_id, by)
        taken, _ = StaffRole.objects.filter(user=account, role=role, region=region).delete()
        if taken:
            data = {"role": role, "region": region}
            note(account=account, kind="role_taken", actor_id=by.user_id, at=at, data=data)


def lock(*, account_id: int, by: Actor, at: datetime) -> None:
    """Keep a login out, from its next request on.

    Raises:
        Refused: not_your_role, own_account, no_such_account.
    """
    _set_active(account_id, by=by, at=at, active=False)


def unlock(*, account_id: int, by: Actor, at: datetime) -> None:
    """Let a locked login in again.

    Raises:
        Refused: not_your_role, own_account, no_such_account.
    """
    _set_active(account_id, by=by, at=at, active=True)


def reset(*, account_id: int, by: Actor, at: datetime) -> None:
    """Clear the second factor of somebody who lost it; they set it up anew at their next sign-in.

    Raises:
        Refused: not_your_role, own_account, no_such_account.
    """
    _only(by, SECURITY_OFFICER)
    with transaction.atomic():
        account = _account(account_id, by)
        gone = [account.passkeys.all().delete()[0], account.recovery_codes.all().delete()[0]]
        held = StaffCredential.objects.filter(user=account, totp_secret__isnull=False)
        if any([*gone, held.update(totp_secret=None, totp_confirmed=False)]):
            note(account=account, kind="factor_reset", actor_id=by.user_id, at=at)


def _set_active(account_id: int, *, by: Actor, at: datetime, active: bool) -> None:
    _only(by, SECURITY_OFFICER)
    with transaction.atomic():
        account = _account(account_id, by)
        if account.is_active != active:
            account.is_active = active
            account.save(update_fields=["is_active"])
            note(account=account, kind="unlocked" if active else "locked", actor_id=by.user_id, at=at)


def _only(by: Actor, role: str) -> None:
    if role not in by.roles:
        raise refuse_step("not_your_role", role)


def _account(account_id: int, by: Actor) -> User:
    """Return a login of staff, locked against other steps; nobody's own, and no citizen's."""
    if account_id == by.user_id:
        raise refuse("own_account")
    found = User.objects.select_for_update(of=("self",)).filter(pk=account_id, citizen_login=None).first()
    if found is None:
        raise refuse("no_such_account")
    return found


def _keep_officers_alone(account: User, role: str) -> None:
    held = account.staff_roles.values_list("role", flat=True)
    if not compatible([*held, role]) or (role in OFFICERS and held):
        raise refuse("officer_alone")
