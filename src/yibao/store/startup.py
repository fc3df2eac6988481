"""What must hold before anybody is served: the guards stand, and the keys are those the record was sealed with."""

from django.db import DatabaseError

from yibao.store import crypto, guards
from yibao.store.models import Person


class NotReady(RuntimeError):
    """The installation must not serve; the message says why and what to do."""


def require() -> None:
    """Look before serving or working.

    Raises:
        NotReady: Guards are missing, the database is not migrated, or the keys are others.
    """
    try:
        guards.require()
        person = Person.objects.order_by("pk").first()
    except (guards.GuardsMissing, DatabaseError) as error:
        raise NotReady(f"数据库尚未就绪，请先运行数据库迁移。 / Migrate the database first. {error}") from error
    except crypto.SealBroken as error:
        raise NotReady(_OTHER_KEYS) from error
    if person is not None and not _finds(person):
        raise NotReady(_OTHER_KEYS)


def _finds(person: Person) -> bool:
    stored = person.identity_index
    return stored == Person._meta.get_field("identity_index").pre_save(person, add=False)


_OTHER_KEYS = (
    "密钥与档案不符，网站没有启动。请把建库时的 keys 文件夹放回 YIBAO_HOME。"
    " / The keys are not those this record was sealed with; put the folder `keys` of this database back."
)
