"""What must hold before anybody is served: the guards stand, and the keys are those the record was sealed with."""

from django.db import DatabaseError

from yibao.store import crypto, guards, persons
from yibao.store.models import Person

NOT_MIGRATED = (
    "数据库还没有建好，或比程序旧；请先运行 yibao manage migrate。"
    " / The database has no tables yet, or is older than the program; run `yibao manage migrate` first."
)


class NotReady(RuntimeError):
    """The installation must not serve; the message says why and what to do."""


def require() -> None:
    """Look before serving or working.

    Raises:
        NotReady: Guards are missing, the database is not migrated, or the keys are others.
    """
    try:
        person = Person.objects.order_by("pk").first()
        guards.require()
    except DatabaseError as error:
        raise NotReady(NOT_MIGRATED) from error
    except guards.GuardsMissing as error:
        raise NotReady(str(error)) from error
    except crypto.SealBroken as error:
        raise NotReady(_OTHER_KEYS) from error
    if person is not None and not _finds(person):
        raise NotReady(_OTHER_KEYS)


def _finds(person: Person) -> bool:
    return Person.objects.filter(persons.with_identity(person.identity), pk=person.pk).exists()


_OTHER_KEYS = (
    "密钥与档案不符，网站没有启动。请把建库时的 keys 文件夹放回 YIBAO_HOME。"
    " / The keys are not those this record was sealed with; put the folder `keys` of this database back."
)
