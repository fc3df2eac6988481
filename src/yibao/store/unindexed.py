"""What migrations take indexes away with that nobody reads, so that every row written is written to fewer of them.

Django gives each foreign key an index, also where another one begins with the same column, and on PostgreSQL each
unique text a second one for `LIKE 'beginning%'`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.db.migrations.operations.base import Operation

PATTERNS = "_like"


class Unindexed(Operation):
    """Drops the indexes of fields that have `db_index=False` from now on, and the patterns of texts.

    Nothing else changes, so no table is written anew, which SQLite would do for any other change of a field; and all
    models are put together again once, not once for each field.

    Args:
        fields: By model and name, as they are from now on.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, fields: Mapping[str, Mapping[str, models.Field]]) -> None:
        self.fields = fields

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Put the fields into the models."""
        for model, fields in self.fields.items():
            state.models[app_label, model].fields.update(fields)
        state.reload_models([(app_label, model) for model in self.fields])

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the indexes of these columns alone that Django made by itself."""
        for model, field in self._found(app_label, to_state):
            declared = {index.name for index in model._meta.indexes}
            names = schema_editor._constraint_names(
                model, [field.column], index=True, unique=False, primary_key=False, type_=models.Index.suffix,
                exclude=declared,
            )  # fmt: skip
            for name in names:
                if not field.db_index or name.endswith(PATTERNS):
                    schema_editor.execute(schema_editor._delete_index_sql(model, name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make them again."""
        for model, field in self._found(app_label, to_state):
            for sql in schema_editor._field_indexes_sql(model, field):
                schema_editor.execute(f"{sql}".replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS"))

    def describe(self) -> str:
        """Return what it does."""
        return f"Drop indexes that nobody reads of {', '.join(self.fields)}"

    def _found(self, app_label: str, state: Any) -> Iterator[tuple[type[models.Model], models.Field]]:
        for name, fields in self.fields.items():
            model = state.apps.get_model(app_label, name)
            yield from ((model, model._meta.get_field(each)) for each in fields)
