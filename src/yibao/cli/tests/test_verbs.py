"""A verb is a module; nothing else lists it."""

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
