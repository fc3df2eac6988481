"""Columns that seal, index blindly, or keep one spelling; the code above them sees plain values."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models

from yibao.kernel.canonical import canonical_json
from yibao.store import crypto


class SealedText(models.BinaryField):
    """A text encrypted at rest; Python sees the text, the database only bytes. Never searched: see `BlindIndex`."""

    def _place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> bytes | None:
        """Return the sealed bytes that are written."""
        if value is None:
            return None
        return crypto.seal(plain=str(value).encode(), place=self._place())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return what the driver is given."""
        sealed = value if prepared else self.get_prep_value(value)
        return None if sealed is None else connection.Database.Binary(sealed)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        """Return the text."""
        return None if value is None else crypto.unseal(sealed=bytes(value), place=self._place()).decode()

    def to_python(self, value: Any) -> Any:
        """Return the value as it is: forms and fixtures hold texts."""
        return value

    def get_default(self) -> Any:
        """Return the default as a text; the parent class would give bytes."""
        return self._get_default()  # type: ignore[attr-defined]


class BlindIndex(models.CharField):
    """The keyed hash of another column of the same row, kept current at every save and bulk insert."""

    def __init__(self, *args: Any, of: str, **options: Any) -> None:
        self.of = of
        options.update(max_length=64, editable=False, null=True)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """Return what a migration writes."""
        name, path, args, options = super().deconstruct()
        for fixed in ("max_length", "editable", "null"):
            options.pop(fixed, None)
        return name, path, args, {**options, "of": self.of}

    def place(self) -> str:
        """Return the place the hash is bound to."""
        return f"{self.model._meta.db_table}.{self.of}"

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        """Return the hash of the text as it is being saved."""
        plain = getattr(model_instance, self.of)
        value = crypto.blind_index(value=spelled(plain), place=self.place()) if plain else None
        if plain and len(crypto.ring().live) > 1:
            self._once(model_instance, plain)
        setattr(model_instance, self.attname, value)
        return value

    def hashes(self, plain: str) -> list[str]:
        """Return every hash a text may stand under now, to filter by with `__in`."""
        return crypto.blind_indexes(value=spelled(plain), place=self.place())

    def _once(self, row: models.Model, plain: str) -> None:
        """Refuse what the database cannot see while keys are changed: one number under the hashes of two keys."""
        rules = [one for one in self.model._meta.constraints if isinstance(one, models.UniqueConstraint)]
        for stored in self.hashes(plain):
            setattr(row, self.attname, stored)
            for rule in (one for one in rules if self.name in one.fields):
                try:
                    rule.validate(self.model, row)
                except ValidationError as error:
                    raise IntegrityError(f"{rule.name}: on record under another key") from error


class CanonicalJson(models.TextField):
    """A JSON value kept as its canonical text, byte for byte, so that one changed byte is seen."""

    def get_prep_value(self, value: Any) -> str | None:
        """Return the canonical text."""
        return None if value is None else canonical_json(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the value."""
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        """Return the value as it is: it is plain data already."""
        return value


def spelled(plain: str) -> str:
    """Return an identity or telephone number in the one spelling it is indexed under.

    Examples:
        >>> spelled(" 50010119760301001x")
        '50010119760301001X'
    """
    return "".join(plain.split()).upper()
