"""The rules of old decisions, kept whole by their hash."""

from collections.abc import Mapping
from datetime import datetime

from yibao.kernel.canonical import content_hash
from yibao.store.models import PackVersion


def save(*, version: str, region: str, texts: Mapping[str, str], at: datetime) -> PackVersion:
    """Keep the full texts of a pack version; nothing happens when it is known.

    Args:
        version: The pack's content hash.
        region: Six digits.
        texts: Path to text, of the whole chain and the vocabularies.
        at: Now.

    Raises:
        ValueError: The version is known with other texts; its hash is computed wrongly.
    """
    digest = content_hash(dict(texts))
    known = PackVersion.objects.filter(version=version).defer("texts").first()
    if known is None:
        known, _ = PackVersion.objects.get_or_create(
            version=version, defaults={"region": region, "texts": dict(texts), "texts_sha256": digest, "saved_at": at}
        )
    if known.texts_sha256 != digest:
        raise ValueError(f"pack version {version} is on record with other texts")
    return known


def on_record(version: str) -> bool:
    """Return whether the texts of a version are kept."""
    return PackVersion.objects.filter(version=version).exists()


def texts(version: str) -> dict[str, str]:
    """Return the texts a version was made of, path to text.

    Raises:
        PackVersion.DoesNotExist: No decision was made by this version.
    """
    return dict(PackVersion.objects.get(version=version).texts)
