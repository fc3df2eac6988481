"""Letters by the dozen: a worker that dies half way makes each of them once, under the numbers it had taken."""

import io
import sys
from datetime import date, datetime

import pypdf
import pytest
from django.db import transaction
from django.utils import timezone

from yibao.batch import worker
from yibao.batch.demo import setup
from yibao.store import cases, papers
from yibao.store.models import IssuedPaper, NumberSequence, Outbox, PaperNumber

LETTERS = 24
DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 12, tzinfo=timezone.get_default_timezone())


class Killed(BaseException):
    """The worker is gone: nothing behind this line runs."""


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The smallest city, where letters wait; made once, undone after the last test of this file."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.conf.settings.YIBAO_DOCUMENTS_DIR", tmp_path_factory.mktemp("documents"))
        setup.make(persons=71, seed=7, on=DAY, quiet=True)
        first = Outbox.objects.filter(kind=worker.PAPER_JOB).order_by("pk").values_list("pk", flat=True)
        Outbox.objects.exclude(pk__in=list(first[:LETTERS])).delete()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def town(made, db):
    """The city, with whatever the test changes undone."""


def looked(at=AT):
    return worker.look(name="test", on=DAY, at=at)


DEATHS = {
    "numbered": "yibao.store.papers.take",
    "typeset": "yibao.services.refund.actions.keep_paper",
    "kept": "yibao.store.papers.issue",
}


@pytest.mark.parametrize("point", DEATHS)
def test_a_worker_that_dies_half_way_makes_each_letter_once_and_loses_no_number(town, monkeypatch, point):
    module, _, name = DEATHS[point].rpartition(".")
    real, calls = getattr(sys.modules[module], name), []

    def dying(**given):
        calls.append(1)
        answer = real(**given)
        if len(calls) == worker.BATCH // 2:
            raise Killed
        return answer

    waiting = Outbox.objects.filter(done_at=None).count()
    with monkeypatch.context() as patch:
        patch.setattr(DEATHS[point], dying)
        with pytest.raises(Killed):
            looked()
    later = AT + worker.LEASE * 2
    while looked(later).work:
        pass
    made = IssuedPaper.objects.exclude(kind="promise_letter")
    assert not Outbox.objects.filter(done_at=None).exists()
    assert waiting > worker.BATCH
    assert made.values("case", "kind", "evidence_hash").distinct().count() == made.count()
    assert set(PaperNumber.objects.values_list("number", flat=True)) == set(
        IssuedPaper.objects.values_list("number", flat=True)
    )
    assert_no_gaps()


def assert_no_gaps() -> None:
    """Every number that was given is on a paper, from the first to the last."""
    for row in NumberSequence.objects.exclude(name__startswith="case/").exclude(name__startswith="batch"):
        prefix = row.name.replace("/", "-")
        given = PaperNumber.objects.filter(number__startswith=f"{prefix}-").values_list("number", flat=True)
        if given:
            assert sorted(given) == [f"{prefix}-{place:06d}" for place in range(1, row.last + 1)]


def test_a_letter_whose_case_moved_on_is_no_failure(town):
    row = Outbox.objects.filter(done_at=None, data={"paper": "application_form"}).first()
    Outbox.objects.exclude(pk=row.pk).delete()
    Outbox.objects.filter(pk=row.pk).update(data={"paper": "decision_letter"})
    case = cases.get(row.case_number)
    done = looked()
    assert done.failures == []
    assert case.papers.filter(kind="decision_letter").exists() == (case.state in ("approved", "executing", "completed"))
    row.refresh_from_db()
    assert row.done_at is not None


def test_a_kept_letter_is_the_typeset_file(town):
    looked()
    paper = IssuedPaper.objects.exclude(kind="promise_letter").order_by("-pk").first()
    text = pypdf.PdfReader(io.BytesIO(papers.content(paper))).pages[0].extract_text()
    assert paper.number in text.replace(" ", "")
