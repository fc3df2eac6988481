"""Speed of a decision about waiting and cover over forty years of monthly records.

Each decision gets a case file of its own, for what was once worked out stays with a case file.
"""

from benchmarks.measure import Figure, median_seconds
from yibao import services
from yibao.kernel.months import Month

FIRST, LAST = Month(1986, 1), Month(2025, 12)
TARGET_MS, TIMES, WARM = 5, 100, 3


def figures() -> list[Figure]:
    """Return the figures of this module."""
    written, region = _case(), services.packs().region_for("500000")
    cases = iter([services.read(written) for _ in range(TIMES + WARM)])
    spent = median_seconds(
        run=lambda: services.decide_read(case=next(cases), region=region).json(), times=TIMES, warm=WARM
    )
    whole = median_seconds(run=lambda: services.decide(written).json(), times=TIMES)
    beside = f"with reading the case file {whole * 1000:.2f} ms"
    return [Figure("one waiting with calendar, forty years of monthly records", spent * 1000, "ms", TARGET_MS, beside)]


def _case() -> dict[str, object]:
    months = [Month.from_index(index) for index in range(FIRST.index, LAST.index + 1)]
    paid = [
        {"id": f"p{month.index}", "enrolment": "e1", "kind": "monthly", "paid_on": month.first_day.isoformat(),
         "from": str(month), "to": str(month), "amount": "300.00", "payer": "person"}
        for month in months
    ]  # fmt: skip
    before = {"id": "e1", "scheme": "employee", "as": "individual", "region": "500000",
              "from": FIRST.first_day.isoformat(), "to": "2025-12-31"}  # fmt: skip
    joined = before | {"id": "e2", "from": "2026-05-01", "to": None}
    return {
        "service": "relocation", "region": "500000", "on": "2026-05-10", "person": {"born": "1965-01-01"},
        "enrolments": [before, joined], "payments": paid,
        "request": {"ask": "cover", "enrolment": "e2", "paid_on": "2026-05-10"},
    }  # fmt: skip
