"""A whole decision as one SQL query over a relation of facts, with the relations it joins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from yibao.policy.terms import Vocabulary
from yibao.policy.to_sql import Dialect, Sql, either, may_fault
from yibao.policy.to_sql_calendar import calendar
from yibao.policy.to_sql_cases import among, branches_of, case_of, deciding_rows, indented, numbered
from yibao.policy.to_sql_lookup import Picked, by_row, first_picked
from yibao.policy.to_sql_relations import Relation, joined, ladder_relation, span_relation, sql_type
from yibao.policy.to_sql_variants import Entry, Ladder, Merged
from yibao.policy.tree import Call, Expression, Literal, facts_of, parameters_of, walk
from yibao.policy.types import Kind, Type

STOPPED = {-1: "!unknown_value", -2: "!no_rule_in_force", -3: "!no_match", -4: "!overlap"}


@dataclass(frozen=True, slots=True)
class Query:
    """A decision in columns.

    Attributes:
        text: the query; its columns are the keys, `row` (the id of the row, or one of `STOPPED`), outputs and amounts.
        faults: a query of one line that counts facts that are missing or out of bounds, by column.
        relations: to be made beside the facts, by name.
        facts: names and types of the columns of facts it reads.
        ids: what every number in `row` stands for, where rows are told by number.
    """

    text: str
    faults: str
    relations: tuple[Relation, ...]
    facts: dict[str, Type]
    ids: dict[int, str] = field(default_factory=dict)


def population_query(
    *,
    merged: Merged,
    vocabulary: Vocabulary,
    dialect: Dialect,
    source: str,
    keys: Sequence[str],
    region: str = "",
    prefix: str = "",
    by_number: bool = False,
) -> Query:
    """Return the query that decides every row of a relation of facts.

    Args:
        merged: the decision over all regions and days.
        vocabulary: of its domain.
        dialect: of the engine.
        source: what stands after FROM: a name, quoted where need be, or a table function.
        keys: columns that are handed on.
        region: column that holds the code of the region; empty where there is only one.
        prefix: of the names of the relations.
        by_number: tell rows by number, which is faster to make and to store; `Query.ids` says what they are.
    """
    plan = _Plan(merged, vocabulary, dialect, region, prefix, source, by_number)
    plan.decide()
    text = plan.finished(keys)
    trees = [tree for entry in merged.entries for tree in entry.shape.trees()]
    if any(isinstance(part, Call) and part.function == "workdays_after" for tree in trees for part in walk(tree)):
        plan.relations.append(calendar())
    names = {name for tree in trees for name in facts_of(tree)}
    facts = {name: vocabulary.facts[name].type for name in sorted({*names, merged.decision.as_of})}
    faults = _faults(facts, vocabulary, dialect, source)
    return Query(text, faults, tuple(plan.relations), facts, plan.ids() if by_number else {})


def _faults(facts: dict[str, Type], vocabulary: Vocabulary, dialect: Dialect, source: str) -> str:
    tests = []
    for name, type_ in facts.items():
        column, bounds = dialect.name(name), vocabulary.facts[name].bounds
        checks = [] if type_.maybe else [f"{column} IS NULL"]
        if bounds is not None:
            checks.append(f"{column} < {bounds[0]} OR {column} > {bounds[1]}")
        if type_.kind is Kind.ENUM:
            codes = ", ".join(dialect.quoted(code) for code in vocabulary.enums[type_.name].labels)
            checks.append(f"{column} NOT IN ({codes})")
        if checks:
            tests.append(f"count_if({' OR '.join(checks)}) AS {column}")
    return f"SELECT {', '.join(tests) or '0 AS nothing'}\nFROM {source}"


@dataclass(slots=True)
class _Plan:
    """Builds a query from the inside: facts and parameters, the row, one amount after the other."""

    merged: Merged
    vocabulary: Vocabulary
    dialect: Dialect
    region: str
    prefix: str
    text: str
    by_number: bool
    sql: Sql = field(init=False)
    relations: list[Relation] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    waiting: list[tuple[int, Ladder]] = field(default_factory=list)
    not_in_force: str = ""
    codes: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        name = self.dialect.name
        columns = {item: name(f"_p_{item.name}") for item in self.merged.parameters}
        for number, ladder in enumerate(self.merged.ladders, start=1):
            columns |= {item: name(f"_l{number}_{item.name}") for item in ladder.items}
        thresholds = {number: name(f"_t{number}") for number in range(len(self.merged.thresholds))}
        self.sql = Sql(self.dialect, columns, self.merged.unknown, {}, thresholds)
        self.waiting = list(enumerate(self.merged.ladders, start=1))

    def layer(self, columns: Sequence[str], joins: Sequence[str] = ()) -> None:
        """Put one more SELECT around the query."""
        inner = self.text if self.text.lstrip("(").find("\n") < 0 else "(\n" + indented(self.text) + "\n)"
        listed = "".join(f",\n  {column}" for column in columns)
        self.text = "\n".join([f"SELECT f.*{listed}", f"FROM {inner} AS f", *joins])

    @property
    def collecting(self) -> bool:
        """Whether every row that holds counts."""
        return self.merged.decision.hit == "collect"

    @property
    def rows(self) -> list[tuple[int, Entry]]:
        """The rows of the table, numbered from 1."""
        return list(enumerate((entry for entry in self.merged.entries if not entry.shape.amount), start=1))

    def decide(self) -> None:
        """Build everything up to the last amount."""
        self.spans()
        trees = [tree for _, entry in self.rows for tree in entry.shape.trees()]
        self.ladders(trees, "")
        row = self.dialect.name("_row")
        self.sql.locals = self.outputs(row)
        case = self.collected() if self.collecting else self.first()
        self.codes = {code for code in STOPPED if f"THEN {code}" in case or case.endswith(f"ELSE {code} END")}
        self.layer([f"{case} AS {row}"])
        for name, type_ in self.merged.decision.amounts.items():
            self.amount(name, type_)

    def spans(self) -> None:
        """Join the relation of spans; one span without values is a mere comparison of days."""
        day = self.dialect.name(self.merged.decision.as_of)
        merged, name = self.merged, self.dialect.name
        if len(merged.spans) == 1 and not self.region:
            (span,) = merged.spans
            if not merged.parameters and not merged.thresholds:
                tests = [f"{day} < {self.sql.value(span.from_)}"]
                tests += [] if span.until is None else [f"{day} >= {self.sql.value(span.until)}"]
                self.not_in_force = either(tests)
                return
        relation = span_relation(merged=merged, name=f"{self.prefix}spans", by_region=bool(self.region))
        self.relations.append(relation)
        columns = [f"s._variant AS {name('_variant')}"]
        columns += [f"s._p{at} AS {self.sql.parameters[item]}" for at, item in enumerate(merged.parameters, start=1)]
        columns += [f"s._t{at + 1} AS {text}" for at, text in self.sql.thresholds.items()]
        region = f"f.{name(self.region)}" if self.region else ""
        keys = [(region, "_region")] if self.region else []
        self.layer(columns, [joined(relation=relation, alias="s", keys=keys, day=f"f.{day}", sql=self.sql)])
        self.not_in_force = f"{name('_variant')} IS NULL"

    def ladders(self, trees: Sequence[Expression], guard: str) -> None:
        """Join the ladders some expressions read that are not joined yet, only where the guard holds."""
        read = {item for tree in trees for item in parameters_of(tree)}
        due = [(number, ladder) for number, ladder in self.waiting if read.intersection(ladder.items)]
        for number, ladder in due:
            self.waiting.remove((number, ladder))
            relation = ladder_relation(ladder=ladder, name=f"{self.prefix}ladder{number}")
            self.relations.append(relation)
            item, alias = ladder.items[0], f"l{number}"
            day = self.dialect.name(self.merged.decision.as_of) if item.at is None else self.sql.text(item.at)
            keys = [(self.dialect.name(self.region), "_region")] if ladder.by_region else []
            keys += [] if item.key is None else [(self.sql.text(item.key), "_key")]
            columns = [
                f"{alias}._p{at} AS {self.sql.parameters[each]}" for at, each in enumerate(ladder.items, start=1)
            ]
            join = joined(relation=relation, alias=alias, keys=keys, day=day, sql=self.sql, guard=guard)
            self.layer(columns, [join])

    def guard(self, entry: Entry) -> list[str]:
        """Return the test whether a row belongs to the variant, if it does not belong to all."""
        if entry.variants is None:
            return []
        numbers = ", ".join(str(number) for number in sorted(entry.variants))
        return [f"{self.dialect.name('_variant')} IN ({numbers})"]

    def test(self, entry: Entry) -> str:
        """Return the test whether a row holds, empty where it always does."""
        cells = entry.shape.cells
        parts = self.guard(entry) + ([self.sql.all_of(cells)] if cells else [])
        return " AND ".join(parts)

    def stop(self, entry: Entry) -> str:
        """Return the test whether trying a row meets an unknown parameter."""
        found = self.sql.stop_in_turn(entry.shape.cells, until=False)
        return " AND ".join([*self.guard(entry), found]) if found else ""

    def output_stop(self, entry: Entry) -> str:
        """Return the test whether the outputs of a row need an unknown parameter."""
        return either([self.sql.stop(tree) for _, tree in entry.shape.outputs])

    def starting(self) -> list[str]:
        """Return the branch for rows without rules."""
        return [f"WHEN {self.not_in_force} THEN -2"] if self.not_in_force else []

    def first(self) -> str:
        """Return the number of the first row that holds."""
        branches = self.starting()
        if self.merged.decision.hit == "unique":
            branches += self.unique()
        last = "-3" if self.rows else "0"
        for number, entry in self.rows:
            test, stop, after = self.test(entry), self.stop(entry), self.output_stop(entry)
            branches += [f"WHEN {stop} THEN -1"] if stop else []
            branches += [f"WHEN {' AND '.join([test, after] if test else [after])} THEN -1"] if after else []
            if not test:
                last = str(number)
                break
            branches.append(f"WHEN {test} THEN {number}")
        return case_of(branches=branches, last=last)

    def unique(self) -> list[str]:
        """Return the branches for rows of a table that must be unique and is not."""
        stop = either([self.stop(entry) for _, entry in self.rows])
        count = " + ".join(f"CASE WHEN {self.test(entry) or 'TRUE'} THEN 1 ELSE 0 END" for _, entry in self.rows)
        return [*([f"WHEN {stop} THEN -1"] if stop else []), f"WHEN {count} > 1 THEN -4"]

    def collected(self) -> str:
        """Return 0 where every row that holds can be computed."""
        tests = []
        for _, entry in self.rows:
            after = self.output_stop(entry)
            tests += [self.stop(entry), " AND ".join([self.test(entry) or "TRUE", after]) if after else ""]
        stop = either(tests)
        return case_of(branches=[*self.starting(), *([f"WHEN {stop} THEN -1"] if stop else [])], last="0")

    def outputs(self, row: str) -> dict[str, str]:
        """Return how every output is read, by the number of the row."""
        read = self.summed if self.collecting else self.chosen
        return {name: read(name, row) for name in self.merged.decision.outputs}

    def chosen(self, name: str, row: str) -> str:
        """Return an output of the row that holds."""
        trees = {number: dict(entry.shape.outputs)[name] for number, entry in self.rows}
        texts = {number: self.sql.text(tree) for number, tree in trees.items()}
        type_ = self.merged.decision.outputs[name]
        written = type_.kind is not Kind.LIST and all(isinstance(tree, Literal) for tree in trees.values())
        return by_row(
            dialect=self.dialect,
            row=row,
            values={number: text for number, text in texts.items() if text != "NULL"},
            type_=self.codes_of(type_) if type_.kind is Kind.ENUM else sql_type(type_),
            written=written,
        )

    def codes_of(self, type_: Type) -> str:
        """Return the type of the codes of an enumeration, which DuckDB stores in a byte or two."""
        return _enum(self.dialect, self.vocabulary.enums[type_.name].labels)

    def summed(self, name: str, row: str) -> str:
        """Return an output of all rows that hold, joined."""
        type_ = self.merged.decision.outputs[name]
        empty = self.dialect.listed([]) if type_.kind is Kind.LIST else "0"
        parts = []
        for _, entry in self.rows:
            value = self.sql.wide(dict(entry.shape.outputs)[name])
            parts.append(f"CASE WHEN {self.test(entry) or 'TRUE'} THEN {value} ELSE {empty} END")
        total = self.dialect.joined(parts) if type_.kind is Kind.LIST else "(" + " + ".join(parts) + ")"
        return f"CASE WHEN {row} >= 0 THEN {total} END"

    def amount(self, name: str, type_: Type) -> None:
        """Put the layers of one amount around the query."""
        cases = [entry for entry in self.merged.entries if entry.shape.amount == name]
        column, pick = self.dialect.name(f"_a_{name}"), self.dialect.name(f"_c_{name}")
        picked = [_Picking(self, entry) for entry in cases]
        self.ladders([cell for entry in cases for cell in entry.shape.cells], "")
        late = [at for at, entry in enumerate(cases, start=1) if self.reads_late(entry.shape.value)]
        start = [f"WHEN {self.dialect.name('_row')} < 0 THEN NULL"] if self.codes else []
        branches = [
            *start,
            *numbered(stops=[(each.stop, "0") for each in picked], tests=[each.test for each in picked]),
        ]
        if late:
            self.layer([f"{self.found(picked) or case_of(branches=branches, last='NULL')} AS {pick}"])
            trees = [entry.shape.value for entry in cases if entry.shape.value is not None]
            self.ladders(trees, among(column=pick, numbers=late))
            tests = [f"{pick} = {at}" for at in range(1, len(cases) + 1)]
            stops = [(f"{pick} = 0", "NULL")] + [("", "")] * (len(cases) - 1) if any(e.stop for e in picked) else []
        else:
            tests = [each.test for each in picked]
            stops = [(each.stop, "NULL") for each in picked]
        values = [self.value(entry) for entry in cases]
        branches = [*start, *branches_of(stops=stops, tests=tests, values=values)]
        self.layer([f"{case_of(branches=branches, last='NULL')} AS {column}"])
        self.note_stops(name, type_, cases, picked, column)
        self.sql.locals[name] = column

    def found(self, picked: Sequence[_Picking]) -> str:
        """Return the number of the case that holds, by the number of the row; empty where that does not decide."""
        if self.collecting or not self.rows or any(each.stop for each in picked):
            return ""
        numbers, picks = [number for number, _ in self.rows], [each.rule for each in picked]
        return first_picked(dialect=self.dialect, row=self.dialect.name("_row"), numbers=numbers, picks=picks)

    def note_stops(self, name: str, type_: Type, cases: list[Entry], picked: list[_Picking], column: str) -> None:
        """Remember how it is told that an amount needed an unknown parameter."""
        after = ["" if entry.shape.value is None else self.sql.stop(entry.shape.value) for entry in cases]
        if not any(after) and not any(each.stop for each in picked):
            return
        if not type_.maybe:
            self.stops.append(f"{column} IS NULL")
            return
        flag = self.dialect.name(f"_s_{name}")
        stops = [(each.stop, "TRUE") for each in picked]
        tests = [each.test for each in picked]
        branches = branches_of(stops=stops, tests=tests, values=[each or "FALSE" for each in after])
        self.layer([f"{case_of(branches=branches, last='FALSE')} AS {flag}"])
        self.stops.append(flag)

    def reads_late(self, tree: Expression | None) -> bool:
        """Return whether an expression reads a ladder that is not joined yet."""
        late = {item for _, ladder in self.waiting for item in ladder.items}
        return tree is not None and bool(late.intersection(parameters_of(tree)))

    def value(self, entry: Entry) -> str:
        """Return the value of a case of an amount."""
        return "NULL" if entry.shape.value is None else self.sql.guarded(entry.shape.value)

    def finished(self, keys: Sequence[str]) -> str:
        """Return the whole query with the columns that are asked for."""
        name, amounts = self.dialect.name, self.merged.decision.amounts
        row = name("_row")
        if self.stops:
            stopped = f"{row} >= 0 AND ({' OR '.join(self.stops)})"
            row = name("_decided")
            self.layer([f"CASE WHEN {stopped} THEN -1 ELSE {name('_row')} END AS {row}"])
        columns = [(name(key), key) for key in keys] + [(row if self.by_number else self.row_id(row), "row")]
        if self.collecting:
            columns.append((self.every_row(row), "rows"))
        columns += [(text, each) for each, text in self.outputs(row).items()]
        others_stop = bool(self.stops) and (len(self.stops) > 1 or len(amounts) > 1)
        for each in amounts:
            column = self.sql.locals[each]
            columns.append((f"CASE WHEN {row} >= 0 THEN {column} END" if others_stop else column, each))
        listed = ",\n  ".join(f"{text} AS {name(each)}" for text, each in columns)
        return f"SELECT\n  {listed}\nFROM (\n{indented(self.text)}\n) AS f"

    def ids(self) -> dict[int, str]:
        """Return what every number of a row stands for."""
        stops = {code: word for code, word in STOPPED.items() if code in self.codes or (code == -1 and self.stops)}
        if self.collecting or not self.rows:
            return {0: "", **stops}
        return {**{number: entry.shape.id for number, entry in self.rows}, **stops}

    def row_id(self, row: str) -> str:
        """Return the id of the row by its number."""
        ids = self.ids()
        texts = {number: self.dialect.quoted(each) for number, each in ids.items()}
        type_ = _enum(self.dialect, ids.values())
        return by_row(dialect=self.dialect, row=row, values=texts, type_=type_, written=True)

    def every_row(self, row: str) -> str:
        """Return the ids of all rows of a collecting table that hold, joined by commas."""
        parts = [
            f"CASE WHEN {self.test(entry) or 'TRUE'} THEN {self.dialect.quoted(entry.shape.id)} END"
            for _, entry in self.rows
        ]
        return f"CASE WHEN {row} >= 0 THEN concat_ws(',', {', '.join(parts)}) END"


class _Picking:
    """How a case of an amount is picked: tests on outputs are tests on the number of the row."""

    def __init__(self, plan: _Plan, entry: Entry) -> None:
        found: frozenset[int] | None = None
        kept: list[Expression] = []
        for cell in entry.shape.cells:
            numbers = deciding_rows(cell=cell, rows=plan.rows) if not plan.collecting else None
            if numbers is None:
                kept.append(cell)
            else:
                found = frozenset(numbers) if found is None else found.intersection(numbers)
        texts = plan.guard(entry) + ([plan.sql.all_of(tuple(kept))] if kept else [])
        self.rule = Picked(found, " AND ".join(texts), any(may_fault(cell) for cell in kept))
        self.test = self.rule.text(plan.dialect.name("_row"))
        self.stop = plan.stop(entry)


def _enum(dialect: Dialect, codes: Iterable[str]) -> str:
    return f"ENUM({', '.join(dialect.quoted(code) for code in dict.fromkeys(codes))})"
