"""What can be done against a decision of an agency: the same law for every service, so it has one home."""

from collections.abc import Iterator
from datetime import date

from yibao.policy import Region


def remedies(*, region: Region, on: date) -> Iterator[tuple[str, str]]:
    """Yield what can be done, in Chinese and English, each with its term and articles as far as they are known.

    Args:
        region: Whose packs say it; they do so once, beside the rules of refunds.
        on: Day of the decision.
    """
    for remedy in region.setting("refund", "remedies").values():
        if not isinstance(remedy, dict) or date.fromisoformat(str(remedy["from"])) > on:
            continue
        cited = [reference.partition("#") for reference in remedy["source"]]
        told = [f"《{region.source(name).title}》{article}" for name, _, article in cited]
        zh, en = f"可以{remedy['label']}", f"You may {remedy['en']}"
        if str(remedy["days"]).isdigit():
            zh += f"，期限为自知道本决定之日起{remedy['days']}日内"
            en += f" within {remedy['days']} days of learning of this decision"
        else:
            zh += "，期限请向受理机关核实"
            en += "; ask there by when"
        yield f"{zh}（{'、'.join(told)}）。", f"{en} ({', '.join(told)})."
