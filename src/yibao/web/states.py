"""How a case's state is shown: one word, and a colour that never stands alone."""

from typing import Any

from yibao.web.words import Say

TURN = ("draft", "correction_due")
DONE = ("completed",)
CLOSED = ("not_accepted", "refused", "withdrawn")


def tag(state: str, say: Say) -> dict[str, Any]:
    """Return the tag of a state as component options.

    Examples:
        >>> tag("correction_due", Say("zh"))
        {'text': '等您补充', 'classes': 'app-tag--turn'}
    """
    groups = {"app-tag--turn": TURN, "app-tag--done": DONE, "app-tag--quiet": CLOSED}
    classes = next((name for name, states in groups.items() if state in states), "")
    return {"text": say(f"common.state.{state}"), "classes": classes}
