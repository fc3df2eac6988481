"""`yibao retention`: delete what has been kept long enough, or list what would go."""

import click

from yibao.cli.django_setup import require_ready


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="只列出，不删除 list what would go, delete nothing")
def command(dry_run: bool) -> None:
    """删除保存期满的内容；登记、摘要、账目保留。 Delete contents kept long enough; rows, hashes and books stay."""
    require_ready()
    from django.utils import timezone

    from yibao.store import retention

    for gone in retention.run(at=timezone.now(), dry=dry_run):
        told = f"  ({', '.join(gone.names)}{' …' if gone.count > len(gone.names) else ''})" if gone.names else ""
        click.echo(f"{gone.count:>6}  {gone.rule.zh} {gone.rule.en}{told}")
    click.echo("只列出，没有删除任何内容。 Nothing was deleted." if dry_run else "已删除。 Done.")
