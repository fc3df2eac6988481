"""What was typed wrong on a command line, told in Chinese before click's own English; exit 2, nothing was changed."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from click.exceptions import BadArgumentUsage, BadOptionUsage, MissingParameter, NoSuchOption

KINDS = (
    (MissingParameter, "缺少必填的内容，请补上。"),
    (NoSuchOption, "没有这个选项，请核对拼写。"),
    (click.BadParameter, "填写的内容不对，请按下面的说明改正。"),
    (BadOptionUsage, "选项的写法不对，请按下面的说明改正。"),
    (BadArgumentUsage, "参数的写法不对，请按下面的说明改正。"),
    (click.UsageError, "命令的写法不对，请加 --help 查看用法。"),
)
NO_FILE = (
    "文件读写不了：{file}。请核对路径、文件夹是否存在、是否有权限。"
    " The file cannot be read or written: {file} ({why}). Look at the path, its folder and your rights."
)


@contextmanager
def told() -> Iterator[None]:
    """Raise what was typed wrong with a Chinese sentence before it, where it has none; a file as well."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        message = error.format_message()
        if not _is_chinese(message):
            zh = next(words for kind, words in KINDS if isinstance(error, kind))
            raise click.UsageError(f"{zh} {message}", ctx=error.ctx) from error
        raise
    except OSError as error:
        # Without a name it is no file of whoever typed, but a fault of ours or of a neighbour.
        if error.filename is None:
            raise
        raise click.UsageError(NO_FILE.format(file=error.filename, why=error.strerror)) from error


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)
