"""A verb is a module; nothing else lists it."""

import pytest
from click.testing import CliRunner

from yibao.cli import main


def test_help_names_every_verb_and_no_plain_module():
    output = CliRunner().invoke(main, ["--help"]).output
    assert "serve" in output
    assert "django_setup" not in output
    assert "django-setup" not in output


def test_an_unknown_verb_is_wrong_input():
    result = CliRunner().invoke(main, ["no-such-verb"])
    assert result.exit_code == 2
    assert "no-such-verb" in result.output


@pytest.mark.django_db
def test_serve_does_not_open_the_door_with_wrong_packs(tmp_path, monkeypatch):
    pack = tmp_path / "500000_broken"
    pack.mkdir()
    (pack / "pack.yaml").write_text('code: "500000"\nkind: planet\n', encoding="utf-8")
    monkeypatch.setenv("YIBAO_PACKS", str(tmp_path))
    result = CliRunner().invoke(main, ["serve", "--port", "18999"])
    assert result.exit_code == 1
    assert "500000_broken/pack.yaml:2" in result.stderr
    assert "yibao packs check" in result.stderr
