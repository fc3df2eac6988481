"""Numbers of closed days, so that whoever leads need not count every step anew; the record itself is the truth."""

from django.db import models


class DayFigure(models.Model):
    """How often one thing happened on one day, in one region and service; `code` tells reasons and papers apart."""

    day = models.DateField()
    region = models.CharField(max_length=6)
    service = models.CharField(max_length=30)
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=60, blank=True)
    number = models.BigIntegerField()
    fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "region", "service", "kind", "code"], name="day_figure_once")
        ]


class CountedDay(models.Model):
    """A day whose figures are whole. The database itself takes the row away when anything of the day changes."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()


class StandingFigure(models.Model):
    """What was open at a moment: cases by days since they came, and what waits for a role; made anew as a whole."""

    on = models.DateField()
    counted_at = models.DateTimeField()
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=30)
    number = models.BigIntegerField()
    late = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "kind", "code"], name="standing_figure_once")]
