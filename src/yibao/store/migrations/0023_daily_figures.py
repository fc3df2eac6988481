"""Numbers of closed days are kept, so that the figures of an office need not count every step anew."""

from django.db import migrations, models

from yibao.store.guards import counted


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0022_paper_numbers"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("counted_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DayFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("region", models.CharField(max_length=6)),
                ("service", models.CharField(max_length=30)),
                ("kind", models.CharField(max_length=20)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("number", models.BigIntegerField()),
                ("fen", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="StandingFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("counted_at", models.DateTimeField()),
                ("region", models.CharField(max_length=6)),
                ("kind", models.CharField(max_length=10)),
                ("code", models.CharField(max_length=30)),
                ("number", models.BigIntegerField()),
                ("late", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name="caseclock",
            index=models.Index(
                condition=models.Q(("finished_on__isnull", False)),
                fields=["finished_on", "name"],
                name="case_clock_by_day",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("settled_on__isnull", False)), fields=["settled_on"], name="payment_by_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="dayfigure",
            constraint=models.UniqueConstraint(
                fields=("day", "region", "service", "kind", "code"), name="day_figure_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingfigure",
            constraint=models.UniqueConstraint(fields=("region", "kind", "code"), name="standing_figure_once"),
        ),
        # The triggers name the table: backwards they go first.
        migrations.RunPython(migrations.RunPython.noop, lambda apps, editor: counted.remove(editor=editor)),
    ]
