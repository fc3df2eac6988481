"""What migrations take an index away with that nobody reads, so that every row written is written to fewer of them.

Django gives each foreign key an index, also where another one begins with the same column, and on PostgreSQL each
unique text a second one for `LIKE 'beginning%'`.
"""

from typing import Any

from django.db import models
from django.db.migrations.operations import AlterField

PATTERNS = "_like"


class Unindexed(AlterField):
    """Drops the index of a field that has `db_index=False` from now on, and a text's index of patterns.

    Nothing else changes, so no table is written anew, which SQLite would do for any other change of a field.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the indexes of this column alone that Django made by itself."""
        model, field = self._found(app_label, to_state)
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
        model, field = self._found(app_label, to_state)
        for sql in schema_editor._field_indexes_sql(model, field):
            schema_editor.execute(f"{sql}".replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS"))

    def _found(self, app_label: str, state: Any) -> tuple[type[models.Model], models.Field]:
        model = state.apps.get_model(app_label, self.model_name)
        return model, model._meta.get_field(self.name)
