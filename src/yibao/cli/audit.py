"""`yibao audit`: prove chains, projections and heads; sign the head of a day."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import click

from yibao.cli.django_setup import prepare, require_database
from yibao.cli.ledger import report

KEY_HELP = "签名公钥（64 位十六进制），默认本机公钥。 Public key the heads must be signed with."
NO_KEY = (
    "这不是公钥：应为机构交给您的 64 位十六进制数，且不是人人可冒签的弱公钥。"
    " / This is no public key: give the 64 hexadecimal digits got from the agency; a key of small order is nobody's."
)


@click.group("audit")
def command() -> None:
    """核对办件记录与查阅记录。 Prove what was done and who looked."""


@command.command("verify")
@click.option("--export", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="核对导出文件。")
@click.option("--public-key", help=KEY_HELP)
@click.option("--files/--no-files", default=True, help="是否逐个读出材料文件。 Whether to read every stored file.")
def verify(file: Path | None, public_key: str | None, files: bool) -> None:
    """逐条重算动作链、办件登记和日头签名。 Recompute every chain, projection and signed head."""
    prepare()
    from yibao.store import heads
    from yibao.store import verify as proof

    if public_key is not None and not heads.is_key(public_key):
        raise click.UsageError(NO_KEY)
    if not file:
        require_database()
    try:
        faults = proof.verify_audit(proof.read_export(file) if file else None, public_key=public_key, files=files)
    except proof.ExportUnreadable as error:
        raise click.UsageError(str(error)) from error
    report(faults=faults, good="办件与查阅记录核对无误。 / Cases and reads are proven.")


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """导出办件记录，供他人核对。 Write the records to a file that `audit verify --export` proves."""
    require_database()
    from yibao.store import heads
    from yibao.store import verify as proof

    click.echo(f"{proof.export(what='audit', file=file)} 条记录 / records: {file}")
    click.echo(f"公钥 / public key: {heads.own_public_key()}")


@command.command("verifier")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def verifier(file: Path) -> None:
    """交出独立核对程序：只需 Python。 Write the one Python file that proves an export without this program."""
    from yibao.casework.verifier import one_file

    text = one_file()
    file.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"SHA-256: {sha256(text.encode()).hexdigest()}")
    click.echo(f"python3 -I -S {file.name} EXPORT PUBLIC_KEY")


@command.command("head")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="哪一天，默认今天。 Which day; today when left out.")
def head(day: datetime | None) -> None:
    """为一天签署日头。 Sign the head of a day."""
    require_database()
    from django.utils import timezone

    from yibao.store import heads

    now = timezone.now()
    today = timezone.localdate(now)
    if day and day.date() > today:
        raise click.UsageError(f"不能为将来的日子签日头，今天是 {today}。 / No head is signed for a day to come.")
    try:
        made = heads.make_head(day=day.date() if day else today, at=now)
    except heads.HeadExists as error:
        raise click.UsageError(f"这一天或更晚已有日头，不能重签。 / {error}; heads are never made again.") from error
    click.echo(f"{made.day} {made.root} ({made.leaf_count})")
    click.echo(f"签名 / signature: {made.signature}")
    click.echo(f"公钥 / public key: {made.public_key}")
