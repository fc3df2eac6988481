"""What the proofs look up at once is what looking at each would find."""

from hypothesis import given
from hypothesis import strategies as st

from yibao.policy.proofs.atoms import MISSING, Atom, Axis
from yibao.policy.proofs.coverage import Near
from yibao.policy.tree import Fact
from yibao.policy.types import INT

BOXES = st.lists(st.dictionaries(st.integers(0, 3), st.integers(1, 15), max_size=4), max_size=12)
FACT = Fact(INT, (0, 9), "months")
# Cut at 2, 5 and 6, as a table that compares with these would be.
SPANS = ((0, 1), (2, 2), (3, 4), (5, 5), (6, 6), (7, 9))
OPERATORS = {
    "==": lambda span, values: span[0] == values[0],
    "!=": lambda span, values: span[0] != values[0],
    "<": lambda span, values: span[0] < values[0],
    "<=": lambda span, values: span[0] <= values[0],
    ">": lambda span, values: span[0] > values[0],
    ">=": lambda span, values: span[0] >= values[0],
    "in": lambda span, values: span[0] in values,
}


@given(BOXES, st.dictionaries(st.integers(0, 3), st.integers(1, 15)), st.integers(0, 12))
def test_the_boxes_a_box_meets_are_those_with_a_class_in_common_on_every_axis(
    boxes: list[dict[int, int]], box: dict[int, int], first: int
) -> None:
    meeting = [
        at for at, other in enumerate(boxes[:first]) if all(mask & box.get(axis, mask) for axis, mask in other.items())
    ]
    near = Near(boxes)
    assert near.met(box=box, first=min(first, len(boxes))) == meeting


@given(
    st.sampled_from(sorted(OPERATORS)),
    st.lists(st.sampled_from((2, 5, 6, -3, 99)), min_size=1, max_size=3),
    st.booleans(),
    st.booleans(),
)
def test_the_classes_of_a_number_are_those_a_test_holds_in(
    operator: str, values: list[int], truth: bool, maybe: bool
) -> None:
    asked = values if operator == "in" else values[:1]
    axis = Axis("number", FACT, None, (*SPANS, MISSING) if maybe else SPANS)
    atom = Atom("months", "number", FACT, None, operator, tuple(asked))
    holding = sum((OPERATORS[operator](span, asked) is truth) << at for at, span in enumerate(SPANS))
    assert axis.mask(atom, truth) == holding
