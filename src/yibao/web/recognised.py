"""Whose request it is: the session and its login, which every page reads, by statements the server planned once.

Django asks for both in texts the server plans anew each time; with what Django does to put them together that was a
sixth of the time of a work list. What is stored, and how it is written, stays Django's.
"""

from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils import timezone

from yibao.store import ready


class SessionStore(db.SessionStore):
    """Django's sessions in the database; the name is Django's, and the seal over what is kept rests on it."""

    def load(self) -> dict[str, Any]:
        """Return what is kept under the key; nothing, and no key, where there is none or its time is over."""
        # A cookie may hold anything, also what no database takes for a text; keys are letters and digits.
        key = self.session_key or ""
        row = _found(Session, key) if key.isalnum() else None
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return {}
        kept: dict[str, Any] = self.decode(row.session_data)
        return kept


class Logins(ModelBackend):
    """Logins by name and password, as Django keeps them."""

    def get_user(self, user_id: int) -> User | None:
        """Return the login of a session; None where it is gone or may not sign in any more."""
        user = _found(User, user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


def _found(model: type[Model], key: Any) -> Any:
    reader, sql = _by_key(model)
    rows = ready.rows(sql, [key])
    return reader.made(rows[0]) if rows else None


@cache
def _by_key(model: type[Model]) -> tuple[ready.Reader[Any], str]:
    reader, meta = ready.Reader(model), model._meta
    return reader, f'SELECT {reader.columns} FROM {meta.db_table} WHERE "{meta.pk.column}" {{among}}'
