"""The facts drawn from a history, a second time: as SQL over whole populations, one text per fact of `rules/`.

Relations, one line each; days are first and last days, months indexes, first and last:
    requests(person, on_day, home, died, retired_on, immediate)       one line per case file
    enrolments(person, enrolment, position, scheme, relation, region, first_day, last_day, status, benefits_from)
    payments(person, payment, enrolment, position, kind, paid_on, first_month, last_month, payer, by_unit, years, asked)
    events(person, position, kind, on_day, first_day, last_day, required_months, paid_months, due_months)
    benefits(person, enrolment, on_day, kind)
Every text gives `person, payment, value`; a payment it leaves out has nothing of the sort: 0 or false.
"""

# The views: what a month is, payments with their relation, other payments for the same months, cover by relations.
VIEWS: dict[str, str] = {
    "relations": """
SELECT *, year(first_day) * 12 + month(first_day) - 1 AS from_month,
  year(last_day) * 12 + month(last_day) - 1 AS to_month FROM enrolments""",
    "own": """
SELECT p.*, r.* EXCLUDE (person), e.scheme, e.relation, e.region, e.first_day AS own_start, e.last_day AS own_end,
  make_date(p.first_month // 12, p.first_month % 12 + 1, 1) AS cover_start,
  last_day(make_date(p.last_month // 12, p.last_month % 12 + 1, 1)) AS cover_end,
  year(r.on_day) * 12 + month(r.on_day) - 1 AS asked_month, regexp_replace(r.home, '(00)+$', '') AS pool,
  coalesce(e.benefits_from, CASE WHEN e.relation = 'newborn' OR r.immediate THEN p.paid_on END,
    make_date(p.first_month // 12, p.first_month % 12 + 1, 1)) AS period_start,
  coalesce(p.years * 12, p.last_month - p.first_month + 1) AS paid_for,
  coalesce(p.years, (p.last_month - p.first_month + 1) // 12) AS whole_years
FROM payments AS p JOIN requests AS r USING (person) JOIN enrolments AS e USING (person, enrolment)""",
    "lines": """
SELECT *, coalesce(paid_on, cover_start) AS own_day,
  region = home OR (pool <> '' AND starts_with(region, pool)) AS at_home FROM own WHERE asked""",
    "twins": """
SELECT l.person, l.payment, o.payment AS other, o.enrolment = l.enrolment AS same_relation, o.payer, o.by_unit,
  o.scheme, o.relation, o.region, o.asked, o.own_day AS other_day,
  coalesce(o.paid_on, least(o.own_start, l.on_day)) AS joined,
  greatest(o.first_month, l.first_month) AS low, least(o.last_month, l.last_month) AS high
FROM lines AS l JOIN (SELECT *, coalesce(paid_on, cover_start) AS own_day FROM own) AS o USING (person)
WHERE o.payment <> l.payment AND o.first_month <= l.last_month AND l.first_month <= o.last_month""",
    "covers": """
SELECT l.person, l.payment, e.enrolment, e.position, e.scheme, e.relation, e.first_day, e.last_day, e.status,
  e.benefits_from, l.paid_on, l.on_day, l.period_start,
  e.region <> l.region AND NOT (l.at_home AND (e.region = l.home OR (l.pool <> '' AND starts_with(e.region, l.pool))))
    AS elsewhere,
  greatest(e.from_month, l.first_month) AS low, least(coalesce(e.to_month, l.last_month), l.last_month) AS high
FROM lines AS l JOIN relations AS e USING (person)""",
    "latest": """
SELECT e.* FROM events AS e JOIN requests AS r USING (person) WHERE e.on_day <= r.on_day
QUALIFY row_number() OVER (PARTITION BY person, kind ORDER BY e.on_day DESC, e.position DESC) = 1""",
    "recognised": """
SELECT l.person, l.payment, e.kind, e.first_day, e.last_day FROM lines AS l JOIN events AS e USING (person)
WHERE e.kind IN ('concession_recognised', 'subsidy_recognised') AND e.on_day <= l.on_day
  AND (e.first_day IS NULL OR e.first_day <= l.cover_end) AND (e.last_day IS NULL OR e.last_day >= l.cover_start)""",
    "normal": """
SELECT * FROM covers WHERE scheme = 'employee' AND NOT elsewhere AND status <> 'suspended' AND first_day <= paid_on
  AND (last_day IS NULL OR paid_on <= last_day) AND (benefits_from IS NULL OR benefits_from <= paid_on)""",
    "employments": """
SELECT person, payment, min(day) AS day FROM (
  SELECT l.person, l.payment, l.cover_start, e.on_day AS day FROM lines AS l JOIN events AS e USING (person)
    WHERE e.kind = 'employed' AND e.on_day <= l.on_day
  UNION ALL
  SELECT l.person, l.payment, l.cover_start, e.first_day FROM lines AS l JOIN enrolments AS e USING (person)
    WHERE e.relation = 'unit' AND e.first_day > l.cover_start)
WHERE day >= cover_start GROUP BY ALL""",
    "used": """
SELECT l.person, l.payment, year(b.on_day) * 12 + month(b.on_day) - 1 AS used_month
FROM lines AS l JOIN benefits AS b USING (person, enrolment) WHERE b.kind <> 'account'""",
}


def _months(of: str, where: str = "TRUE") -> str:
    """Months of a payment within any of several spans, each counted once."""
    spans = f"SELECT person, payment, unnest(range(low, high + 1)) AS shared FROM ({of}) WHERE {where}"
    return f"SELECT person, payment, count(DISTINCT shared) AS value FROM ({spans}) GROUP BY ALL"


def _shared(where: str) -> str:
    return _months("SELECT t.* FROM twins AS t", where)


def _after(day: str, source: str = "lines") -> str:
    """Months of a payment after the month of a day."""
    last = f"(year({day}) * 12 + month({day}) - 1)"
    return f"""SELECT person, payment, greatest(last_month - greatest(first_month, {last} + 1) + 1, 0) AS value
FROM {source} WHERE {day} IS NOT NULL"""


def _any(source: str, where: str = "TRUE") -> str:
    return f"SELECT DISTINCT person, payment, TRUE AS value FROM {source} WHERE {where}"


_WITH_OWN = "SELECT t.*, l.scheme AS own_scheme, l.relation AS own_relation, l.region AS own_region, l.home, l.pool, \
l.at_home, l.own_day, l.period_start FROM twins AS t JOIN lines AS l USING (person, payment)"
_BY_UNIT = "NOT same_relation AND relation = 'unit' AND by_unit"
_PAID_TWICE_BEFORE = _any(f"({_WITH_OWN})", "scheme = 'resident' AND greatest(joined, own_day) < period_start")
_KEPT = _any(f"({_WITH_OWN})", "scheme = 'resident' AND asked AND (own_day, payment) < (joined, other)")
_EMPLOYED = _any("lines AS l JOIN events AS e USING (person)", "e.kind = 'employed' AND e.on_day < period_start")
_IN_EMPLOYEE = _any(
    "covers",
    "scheme = 'employee' AND least(first_day, on_day) < period_start"
    " AND (last_day IS NULL OR last_day >= period_start)",
)
_EMPLOYEE_BEFORE = f"{_EMPLOYED}\nUNION {_IN_EMPLOYEE}"
_ELSEWHERE_BEFORE = """
SELECT DISTINCT c.person, c.payment, TRUE AS value FROM covers AS c LEFT JOIN (
  SELECT person, enrolment, arg_min({'day': paid_on}, position).day AS first_paid
  FROM payments GROUP BY ALL) AS p USING (person, enrolment)
WHERE c.scheme = 'resident' AND c.elsewhere AND c.low <= c.high
  AND coalesce(p.first_paid, least(c.first_day, c.on_day)) < c.period_start"""
_EXCESS = """
SELECT l.person, l.payment, count(*) AS value FROM lines AS l JOIN (
  SELECT person, shared, shortfall, row_number() OVER (PARTITION BY person ORDER BY shared) AS nth FROM (
    SELECT DISTINCT o.person, unnest(range(o.first_month, o.last_month + 1)) AS shared,
      year(a.on_day) * 12 + month(a.on_day) - 1 AS approved, greatest(a.required_months - a.paid_months, 0) AS shortfall
    FROM own AS o JOIN latest AS a USING (person) WHERE o.scheme = 'employee' AND a.kind = 'retirement_approved'
      AND a.required_months IS NOT NULL AND a.paid_months IS NOT NULL) WHERE shared > approved) AS m USING (person)
WHERE m.nth > m.shortfall AND m.shared BETWEEN l.first_month AND l.last_month GROUP BY ALL"""
_YEARS = """
SELECT person, payment, count(*) AS value FROM (
  SELECT l.person, l.payment, l.first_month, unnest(range(l.whole_years)) AS nth FROM lines AS l) AS y
WHERE EXISTS (SELECT 1 FROM recognised AS r WHERE r.kind = 'concession_recognised' AND r.person = y.person
  AND r.payment = y.payment
  AND (r.first_day IS NULL OR r.first_day <= make_date((first_month + 12 * nth) // 12, first_month % 12 + 1, 1))
  AND (r.last_day IS NULL OR r.last_day >=
    last_day(make_date((first_month + 12 * nth + 11) // 12, (first_month + 11) % 12 + 1, 1))))
GROUP BY ALL"""
_AFTER_STOP_USED = """
SELECT DISTINCT person, payment, TRUE AS value FROM (
  SELECT u.person, u.payment, u.used_month, s.first_after, s.last_month, s.stopped,
    (SELECT count(DISTINCT shared) FROM (
      SELECT unnest(range(p.first_month, p.last_month + 1)) AS shared FROM payments AS p
      WHERE p.person = s.person AND p.enrolment = s.enrolment)
     WHERE shared BETWEEN least(u.used_month, s.first_after) AND greatest(u.used_month, s.last_month)) AS paid
  FROM used AS u JOIN (
    SELECT l.person, l.payment, l.enrolment, l.last_month, year(e.on_day) * 12 + month(e.on_day) - 1 AS stopped,
      greatest(l.first_month, year(e.on_day) * 12 + month(e.on_day)) AS first_after
    FROM lines AS l JOIN latest AS e USING (person) WHERE e.kind = 'stop_requested') AS s USING (person, payment)
  WHERE s.first_after <= s.last_month AND u.used_month > s.stopped)
WHERE paid = greatest(used_month, last_month) - least(used_month, first_after) + 1"""
FACTS: dict[str, str] = {
    "period_start": "SELECT person, payment, period_start AS value FROM lines",
    "concession_recognised": _any("recognised", "kind = 'concession_recognised'"),
    "concession_years": _YEARS,
    "subsidy_recognised": _any("recognised", "kind = 'subsidy_recognised'"),
    "moved_to_unit": _any("employments"),
    "fund_overlap_months": _shared("payer = 'unemployment_fund'"),
    "unit_overlap_months": _shared(_BY_UNIT),
    "unit_employee_overlap_months": _months(_WITH_OWN, f"{_BY_UNIT} AND own_relation = 'unit'"),
    "employee_overlap_months": _months("""
SELECT t.person, t.payment, t.low, t.high FROM twins AS t JOIN lines AS l USING (person, payment)
  WHERE l.scheme = 'resident' AND t.scheme = 'employee'
UNION ALL SELECT c.person, c.payment, c.low, c.high FROM covers AS c JOIN lines AS l USING (person, payment)
  WHERE l.scheme = 'resident' AND c.scheme = 'employee'"""),
    "resident_overlap_months": _months(_WITH_OWN, "own_scheme = 'employee' AND scheme = 'resident'"),
    "student_overlap_months": _shared("scheme = 'resident' AND relation = 'student'"),
    "ordinary_overlap_months": _shared("scheme = 'resident' AND relation IN ('resident', 'newborn')"),
    "elsewhere_overlap_months": _months("SELECT * FROM covers", "scheme = 'resident' AND elsewhere"),
    "county_overlap_months": _months(
        _WITH_OWN,
        "scheme = own_scheme AND region <> own_region AND home NOT IN (region, own_region)"
        " AND at_home AND pool <> '' AND starts_with(region, pool)",
    ),
    "employee_cover_months": _months("SELECT * FROM normal"),
    "employee_normal_when_paid": _any("normal"),
    "joined_employee_before_period": _EMPLOYEE_BEFORE,
    "joined_elsewhere_before_period": _ELSEWHERE_BEFORE,
    "kept_of_two": _KEPT,
    "joined_before_period": f"""
SELECT person, payment, value FROM (
  {_PAID_TWICE_BEFORE} UNION {_EMPLOYEE_BEFORE} UNION {_ELSEWHERE_BEFORE}
) ANTI JOIN ({_KEPT}) USING (person, payment)""",
    "other_requested": _any("twins", "scheme = 'resident' AND asked"),
    "months_after_stop": _after(
        "stopped",
        "(SELECT l.*, e.on_day AS stopped FROM lines AS l JOIN latest AS e USING (person)"
        " WHERE e.kind = 'stop_requested')",
    ),
    "months_after_death": _after("died"),
    "months_after_retirement": _after("retired_on"),
    "months_after_end": _after("own_end"),
    "months_from_application": """
SELECT person, payment, greatest(last_month - greatest(first_month, asked_month) + 1, 0) AS value FROM lines""",
    "paid_twice_months": _months(
        "SELECT t.*, l.own_day FROM twins AS t JOIN lines AS l USING (person, payment)",
        "same_relation AND (other_day, other) < (own_day, payment)",
    ),
    "months_after_employment": _after("day", "(SELECT * FROM lines JOIN employments USING (person, payment))"),
    "excess_months": _EXCESS,
    "too_many_months": """
SELECT l.person, l.payment, greatest(l.paid_for - e.due_months, 0) AS value
FROM lines AS l JOIN latest AS e USING (person) WHERE e.kind = 'years_redetermined' AND e.due_months IS NOT NULL""",
    "benefits_in_period": _any(
        "used JOIN lines USING (person, payment)", "used_month BETWEEN first_month AND last_month"
    ),
    "benefits_after_stop": _AFTER_STOP_USED,
    "benefits_in_unit_overlap": _any(
        "used AS u JOIN twins AS t USING (person, payment)", f"{_BY_UNIT} AND used_month BETWEEN low AND high"
    ),
}
# Not drawn from the history alone: these rest on the tariffs and credits a pack gives for a year.
FROM_TABLES = ("paid_level", "tariff_normal", "tariff_concession", "credited", "retiree_credited", "death_month_credit")
