"""The eleven rows and the amount as SQL written by hand: the yardstick of columns."""

import re

ROW = """\
CASE
  WHEN agency_error THEN 1
  WHEN benefits_used THEN 2
  WHEN death_date < benefit_start THEN 3
  WHEN death_date IS NOT NULL THEN 4
  WHEN insurance_type = 'employee' AND retired AND months_after > 0 THEN 5
  WHEN insurance_type = 'employee' AND on_unemployment_benefit AND payer = 'self' THEN 6
  WHEN insurance_type = 'employee' AND payer = 'unemployment_fund' AND NOT on_unemployment_benefit THEN 7
  WHEN insurance_type = 'employee' AND region_from <> region_to THEN 8
  WHEN insurance_type = 'resident' AND region_from <> region_to AND tier = 2 THEN 9
  WHEN insurance_type = 'resident' AND month < benefit_start AND payer IN ('self', 'employer') THEN 10
  ELSE 11 END"""
JOINS = {
    "days": "LEFT JOIN rates AS r ON r.pool = p.region_from AND p.month >= r.start AND p.month < r.until",
    "months": "LEFT JOIN monthly AS r ON r.pool = p.region_from AND r.month = p.month",
}
_QUERY = """\
SELECT id, n AS row,
  CASE WHEN n IN (1, 3, 5, 6) THEN 'refund_full' WHEN n IN (7, 9, 10) THEN 'refund_partial'
    WHEN n = 8 THEN 'merge_accounts' ELSE 'no_refund' END AS outcome,
  CASE WHEN n IN (2, 4, 8, 11) THEN 0
    WHEN retired THEN greatest(amount - credited, 0)
    WHEN n IN (7, 9, 10) THEN (amount * r.rate + 5000) // 10000
    ELSE amount END AS refund
FROM (SELECT *, {row} AS n FROM {source}) AS p
{join}"""
_ENUM = re.compile(r"((?:THEN|ELSE) '\w+')")
RATES = """\
CREATE OR REPLACE TABLE rates AS SELECT pool, start, rate,
  coalesce(lead(start) OVER (PARTITION BY pool ORDER BY start), DATE '9999-12-31') AS until FROM rate_lines"""
MONTHLY = """\
CREATE OR REPLACE TABLE monthly AS SELECT pool, CAST(month AS DATE) AS month, rate
FROM generate_series(DATE '2015-01-01', DATE '2024-12-01', INTERVAL 1 MONTH) AS calendar(month)
JOIN rates ON month >= start AND month < until"""


_OUTCOME = "ENUM ('refund_full', 'refund_partial', 'merge_accounts', 'no_refund')"
FORMS = ("days", "months", "days, ENUM", "months, ENUM")


def by_hand(*, source: str, form: str) -> str:
    """Return the query.

    `days` joins the dated rates, `months` one line per pool and month; the outcome is text, or ENUM where that is said.
    """
    join, _, enum = form.partition(", ")
    query = _QUERY.format(row=ROW, source=source, join=JOINS[join])
    return _ENUM.sub(rf"\1::{_OUTCOME}", query) if enum else query
