"""The words of the service, read once from text.yaml; the order of the refusals there is the published order."""

from pathlib import Path

from yibao.policy.answers import Wording

_WORDING = Wording(Path(__file__).parent.parent / "text.yaml")

words = _WORDING.words
refusal_order = _WORDING.refusal_order
refusal_text = _WORDING.refusal_text
step_label = _WORDING.step_label
