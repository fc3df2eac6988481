"""The gates: which outcome lets which step pass."""

import pytest

from yibao.services.refund.workflow import OUTCOMES, PASSES, Standing, gate


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("verb", sorted(PASSES))
def test_a_verb_passes_exactly_with_the_outcomes_of_the_table(verb, outcome):
    standing = Standing(outcome, determined=True, confirmed=True)

    assert (gate(verb=verb, standing=standing) is None) == (outcome in PASSES[verb])


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_other_verbs_pass_with_every_outcome(outcome):
    assert gate(verb="withdraw", standing=Standing(outcome)) is None
    assert gate(verb="refuse", standing=Standing(outcome)) is None


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        pytest.param(Standing("refund"), None, id="a firm decision is signed as it is"),
        pytest.param(Standing("refund", low_confidence=True), "not_confirmed", id="a weak one needs a word"),
        pytest.param(Standing("refund", low_confidence=True, confirmed=True), None, id="a weak one with the word"),
        pytest.param(Standing("manual", confirmed=True), "amount_not_determined", id="nobody determined an amount"),
        pytest.param(Standing("manual", determined=True), "not_confirmed", id="a determined amount needs a word"),
        pytest.param(Standing("manual", determined=True, confirmed=True), None, id="a determined amount with the word"),
        pytest.param(Standing(None), "decision_does_not_pay", id="no decision was made"),
    ],
)
def test_signing(standing, code):
    refusal = gate(verb="approve", standing=standing)
    assert (refusal and refusal.code) == code


def test_a_case_that_waits_for_an_amount_is_not_accepted_before_it_is_there():
    refusal = gate(verb="accept", standing=Standing("manual", awaiting=True))
    assert refusal.code == "amount_not_determined"
