"""The quality a region's pack has earned by its sources and examples, and what it lacks for more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yibao.policy import Region
from yibao.policy.cases import Case
from yibao.policy.rows import Row

LEVELS = ("bronze", "silver", "gold")
EXAMPLES = 20
_REFUSAL = "refusal"

Told = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a pack claims and what it has earned.

    Attributes:
        region: whose pack it is.
        examples: how many worked examples it has.
        lacks: for each level in order, what is missing, in Chinese and English; nothing where it is met.
    """

    region: Region
    examples: int
    lacks: tuple[tuple[Told, ...], ...]

    @property
    def earned(self) -> str:
        """Return the highest level that is met with all below it, empty where none is."""
        found = ""
        for level, lacking in zip(LEVELS, self.lacks, strict=True):
            if lacking:
                break
            found = level
        return found

    @property
    def holds(self) -> bool:
        """Return whether the pack claims no more than it has earned."""
        return not any(self.lacks[: LEVELS.index(self.region.quality) + 1])

    @property
    def missing(self) -> tuple[Told, ...]:
        """Return what the lowest level that is not met lacks."""
        return next((lacking for lacking in self.lacks if lacking), ())


def standing(*, region: Region, cases: Sequence[Case], unreached: Sequence[Row]) -> Standing:
    """Return what a region's pack has earned.

    That every row and value is cited is checked when packs are loaded; that nine changes in ten are noticed, by
    `yibao packs check --mutate`.

    Args:
        region: whose pack.
        cases: its own worked examples; they must come out as expected.
        unreached: rows no example of any pack turns on.
    """
    own = list(_own(region))
    levels = (_bronze(region, cases, unreached), _silver(region, own, cases), _gold())
    return Standing(region, len(cases), tuple(tuple(lacking) for lacking in levels))


def _own(region: Region) -> Iterator[Row]:
    for (domain, decision), stack in region.stacks.items():
        if not region.vocabularies[domain].decisions[decision].for_reference:
            yield from (row for row in stack.rows if row.region == region.code)


def _bronze(region: Region, cases: Sequence[Case], unreached: Sequence[Row]) -> Iterator[Told]:
    kinds = {case.kind for case in cases}
    if "good" not in kinds:
        yield "没有应当办成的例子", "no example that comes out"
    if "bad" not in kinds:
        yield "没有应当不予退费的例子", "no example that is refused"
    silent = ", ".join(row.id for row in unreached if row.region == region.code)
    if silent:
        yield f"没有例子用到 {silent}", f"no example turns on {silent}"


def _silver(region: Region, own: list[Row], cases: Sequence[Case]) -> Iterator[Told]:
    if not own:
        yield "没有自己的规则", "no rule of its own"
    if len(cases) < EXAMPLES:
        yield f"例子不足 {EXAMPLES} 个：{len(cases)} 个", f"fewer than {EXAMPLES} examples: {len(cases)}"
    if not region.checked_on:
        yield "没有核对日期", "no day on which it was checked"
    uncovered = ", ".join(sorted(_refusals(own) - _expected(cases)))
    if uncovered:
        yield f"没有例子得出 {uncovered}", f"no example comes to {uncovered}"
    weak = ", ".join(row.id for row in own if row.low_confidence)
    if weak:
        yield f"只有线索作依据：{weak}", f"resting on hints only: {weak}"


def _gold() -> Iterator[Told]:
    yield "没有用官方公布的算例核对过", "not checked against official worked examples"


def _refusals(own: list[Row]) -> set[str]:
    return {str(row.members[_REFUSAL]) for row in own if row.members.get(_REFUSAL)}


def _expected(cases: Sequence[Case]) -> set[str]:
    found: set[str] = set()
    for case in cases:
        refusals = case.expect.get("refusals")
        if isinstance(refusals, list):
            found |= {str(each.get("code")) for each in refusals if isinstance(each, dict)}
    return found
