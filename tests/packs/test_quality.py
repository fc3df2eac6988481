"""No pack of the house claims a quality it has not earned; that changes are noticed is tried beside this."""

from yibao import services
from yibao.batch.quality import standing
from yibao.batch.reached import unreached
from yibao.policy.cases import read_cases


def test_every_pack_has_earned_what_it_claims_and_claims_what_it_has_earned():
    packs = services.packs()
    cases = {code: read_cases(folder=folder) for code, folder in packs.folders.items()}
    silent = unreached(packs=packs, cases=[case for own in cases.values() for case in own])
    found = [standing(region=packs.regions[code], cases=own, unreached=silent) for code, own in cases.items()]
    claimed = {each.region.code: each.region.quality for each in found}
    assert claimed == {each.region.code: each.earned for each in found}
