"""Who signs a correction: two reviewers, one after the other; nobody twice."""

from collections.abc import Mapping
from typing import Any

LEVELS: tuple[Mapping[str, Any], ...] = (
    {"level": 1, "roles": ["reviewer"], "order": "any"},
    {"level": 2, "roles": ["reviewer"], "order": "any"},
)
"""Two levels of one role: the two-person rule of the case engine keeps one reviewer from signing both."""

REFUSE_REASONS: Mapping[str, tuple[str, str]] = {
    "not_proved": ("证据不能证明登记有误", "the evidence does not prove that the record is wrong"),
    "right_already": ("登记的内容与证据一致，不需更正", "the record says what the evidence shows"),
    "elsewhere": ("这一项由其他机关登记", "another authority registers this entry"),
    "other": ("其他原因（须说明）", "another reason, to be explained"),
}
"""Why a correction may be refused; a note for the person goes with each."""
