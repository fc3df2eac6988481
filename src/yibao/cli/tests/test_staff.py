"""`yibao staff`: the first officers are made once."""

import pytest
from click.testing import CliRunner
from django.contrib.auth.models import User

from yibao.cli import main

pytestmark = pytest.mark.django_db
NAMES = ["--system", "wang", "--security", "li.w", "--audit", "zhao"]


def test_the_first_officers_get_passwords_that_open(db):
    made = CliRunner().invoke(main, ["staff", "officers", *NAMES])
    assert made.exit_code == 0, made.output
    lines = [line.split() for line in made.output.splitlines()]
    assert [role for role, _, _ in lines] == ["system_officer", "security_officer", "audit_officer"]
    assert all(User.objects.get(username=name).check_password(password) for _, name, password in lines)


def test_they_are_made_once(db):
    CliRunner().invoke(main, ["staff", "officers", *NAMES])
    again = CliRunner().invoke(main, ["staff", "officers", "--system", "a1b", "--security", "b1c", "--audit", "c1d"])
    assert again.exit_code == 2
    assert "已经有管理员" in again.output
    assert User.objects.count() == 3


def test_a_wrong_name_makes_nobody(db):
    wrong = CliRunner().invoke(main, ["staff", "officers", "--system", "wang", "--security", "WANG", "--audit", "zhao"])
    assert wrong.exit_code == 2
    assert not User.objects.exists()
