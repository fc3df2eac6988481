"""Where a region and a service can be seen; run in a copy of the project, prints what each surface shows as JSON.

Usage: surfaces.py REGION SERVICE
"""

import json
import sys
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from yibao.cli import main
from yibao.cli.django_setup import prepare

PASSWORD = "surfaces-2026"


def run(*arguments: str) -> str:
    """Return what a command prints."""
    return CliRunner().invoke(main, list(arguments)).output


def logins(region: str) -> None:
    """Make one insured person and one clerk of the region."""
    from django.contrib.auth import get_user_model

    from yibao.kernel.identifiers import make_resident_id
    from yibao.store.models import CitizenLogin, Person, StaffRole

    born = date(1980, 1, 1)
    identity = make_resident_id(area=region, born=born, serial=1)
    person = Person.objects.create(identity=identity, name="甲", sex="M", born=born, region=region, synthetic=True)
    users = get_user_model().objects
    CitizenLogin.objects.create(user=users.create_user("citizen", password=PASSWORD), person=person)
    StaffRole.objects.create(user=users.create_user("clerk", password=PASSWORD), role="clerk", region=region)


def page(login: str, path: str) -> str:
    """Return a page as somebody sees it who signed in."""
    from django.test import Client

    client = Client()
    if login:
        client.login(username=login, password=PASSWORD)
    return client.get(path).content.decode()


def decision(case: dict[str, object]) -> str:
    """Return what the interface for programs answers to a case file."""
    from django.test import Client

    return Client().post("/api/v1/decisions", json.dumps(case), content_type="application/json").content.decode()


def case_file(case: dict[str, object], service: str) -> Path:
    """Write the case with the service asked for, and return the file."""
    file = Path("case.json")
    file.write_text(json.dumps({**case, "service": service}), encoding="utf-8")
    return file


def surfaces(region: str, service: str) -> dict[str, str]:
    """Return what every surface shows."""
    prepare()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    logins(region)
    case = json.loads(sys.stdin.read())
    return {
        "packs": run("packs", "check", "--quiet"),
        "cases": run("packs", "test"),
        "explain": run("explain", region, "situation.X1", "--on", "2026-01-01"),
        "command line": run("decide", "--json", str(case_file(case, service))),
        "portal": page("citizen", "/"),
        "workbench": page("clerk", "/workbench/"),
        "service in the portal": page("citizen", f"/{service}/"),
        "services of the API": json.dumps(json.loads(page("", "/api/v1/services")), ensure_ascii=False),
        "decision": decision(case),
    }


if __name__ == "__main__":
    print(json.dumps(surfaces(sys.argv[1], sys.argv[2])))
