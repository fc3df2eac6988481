"""Tables are shared by all threads: what one reads never shows in another."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yibao.policy.explain import sentences
from yibao.policy.tests.making import DAY, FACTS, load


def test_many_threads_get_the_answers_one_gets(tmp_path: Path) -> None:
    region = load(folder=tmp_path).region_for("500000")

    def answers(number: int) -> list[object]:
        table = region.table("refund", "situation", on=DAY)
        facts = {**FACTS, "overlap": number % 3, "reason": ("overlap", "wish", "death")[number % 3], "paid": number}
        return [table.decide(facts), sentences(table.trace(facts)), table.matching(facts)]

    alone = [answers(number) for number in range(300)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(answers, range(300))) == alone
