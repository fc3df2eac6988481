"""The second factor of staff: codes of a device that change with time, recovery codes, and the count of passkeys.

A code opens once: the time step of the last one is kept, and nothing at or before it is taken again.
"""

import hmac
import secrets
from datetime import datetime

import pyotp
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac

from yibao.store.accounts import note
from yibao.store.accounts.steps import LETTERS
from yibao.store.models import Passkey, RecoveryCode, StaffCredential

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A device's clock may be this many steps early or late."""
CODES = 10
CODE_LENGTH = 10
PLACE = "store_recoverycode.digest"


def credential_of(user: User) -> StaffCredential:
    """Return a login's credential, made empty on the first call."""
    return StaffCredential.objects.get_or_create(user=user)[0]


def has_factor(user: User) -> bool:
    """Return whether a login has a second factor set up."""
    return user.passkeys.exists() or StaffCredential.objects.filter(user=user, totp_confirmed=True).exists()


def pending_secret(user: User) -> str | None:
    """Return the secret a device is to be set up with, or None where one is set up already."""
    with transaction.atomic():
        credential = StaffCredential.objects.select_for_update().get(pk=credential_of(user).pk)
        if credential.totp_confirmed:
            return None
        if not credential.totp_secret:
            credential.totp_secret = pyotp.random_base32()
            credential.save(update_fields=["totp_secret"])
    return credential.totp_secret


def check_code(*, user: User, code: str, at: datetime, confirm: bool = False) -> bool:
    """Take a code of the device; the same one, or an earlier one, is never taken again.

    Args:
        user: Whose device.
        code: Six digits; spaces do not matter.
        at: Now.
        confirm: The device is just being set up; its first code confirms it.

    Returns:
        Whether the code is right, within one step of the clock, and new.
    """
    typed = "".join(code.split())
    step = int(at.timestamp()) // STEP_SECONDS
    with transaction.atomic():
        credential = StaffCredential.objects.select_for_update().filter(user=user).first()
        if credential is None or not credential.totp_secret or credential.totp_confirmed == confirm:
            return False
        totp = pyotp.TOTP(credential.totp_secret, interval=STEP_SECONDS)
        near = range(max(step - DRIFT_STEPS, credential.totp_step + 1), step + DRIFT_STEPS + 1)
        found = [one for one in near if hmac.compare_digest(totp.generate_otp(one).encode(), typed.encode())]
        if not found:
            return False
        credential.totp_step, credential.totp_confirmed = found[0], True
        credential.save(update_fields=["totp_step", "totp_confirmed"])
        if confirm:
            note(account=user, kind="factor_added", actor_id=user.pk, at=at, data={"factor": "totp"})
    return True


def use_recovery_code(*, user: User, code: str, at: datetime) -> bool:
    """Take a recovery code, which opens once; return whether it was one."""
    with transaction.atomic():
        used, _ = RecoveryCode.objects.filter(user=user, digest=_digest(user, code)).delete()
        if used:
            note(account=user, kind="recovery_used", actor_id=user.pk, at=at)
    return bool(used)


def new_recovery_codes(*, user: User, at: datetime) -> list[str]:
    """Return new recovery codes, to be shown once; those before are void."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
        note(account=user, kind="recovery_made", actor_id=user.pk, at=at)
    half = CODE_LENGTH // 2
    return [f"{code[:half]}-{code[half:]}" for code in codes]


def _digest(user: User, code: str) -> str:
    spelled = "".join(letter for letter in code.lower() if letter in LETTERS)
    return salted_hmac(PLACE, f"{user.pk}:{spelled}", algorithm="sha256").hexdigest()


def add_passkey(*, user: User, name: str, credential_id: str, public: bytes, counter: int, at: datetime) -> Passkey:
    """Keep the public half of a key in somebody's device.

    Args:
        user: Whose.
        name: What its owner calls it.
        credential_id: As the device names it.
        public: What signatures are checked with.
        counter: How often it was used, where the device counts.
        at: Now.
    """
    with transaction.atomic():
        made = Passkey.objects.create(
            user=user, name=name, credential_id=credential_id, public=public, counter=counter, made_at=at
        )
        note(account=user, kind="factor_added", actor_id=user.pk, at=at, data={"factor": "passkey"})
    return made


def remove(*, user: User, passkey_id: int | None, at: datetime) -> None:
    """Take a passkey away, or the codes of the device when no passkey is named.

    Args:
        user: Whose; nobody else's is touched.
        passkey_id: Which passkey, or None.
        at: Now.
    """
    with transaction.atomic():
        if passkey_id is None:
            gone = StaffCredential.objects.filter(user=user, totp_confirmed=True).update(
                totp_secret=None, totp_confirmed=False
            )
        else:
            gone, _ = Passkey.objects.filter(user=user, pk=passkey_id).delete()
        if gone:
            factor = "totp" if passkey_id is None else "passkey"
            note(account=user, kind="factor_removed", actor_id=user.pk, at=at, data={"factor": factor})
