"""The packs of the checkout, taken from what was proved before, are those that were proved."""

from yibao import services
from yibao.policy import Proved, load_packs
from yibao.policy.flat import flatten


def test_the_packs_come_back_as_they_were_proved(tmp_path, monkeypatch):
    where = {"roots": [services.packs_folder()], "vocabularies": services.vocabularies(), "proved": Proved(tmp_path)}
    proved = load_packs(**where)
    monkeypatch.setattr("yibao.policy.load._load", lambda *_: 1 / 0)
    known = load_packs(**where)
    assert known.version == proved.version
    assert known.folders == proved.folders
    assert flatten((known.regions, known.warnings)) == flatten((proved.regions, proved.warnings))
    for code, region in known.regions.items():
        assert region.texts == proved.regions[code].texts
