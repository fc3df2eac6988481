"""The secret that signs sessions: made once, kept in the keys folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def secret(*, folder: Path, name: str) -> str:
    """Return the text of a key file, and make the file on the first call.

    Args:
        folder: Where keys live; made with mode 0700 when missing.
        name: File name of the key; made with mode 0600.

    Returns:
        The secret, the same for every process that starts at the same time.

    Raises:
        OSError: The folder cannot be written; give YIBAO_HOME a folder of this user.

    Examples:
        >>> import tempfile
        >>> home = Path(tempfile.mkdtemp())
        >>> secret(folder=home, name="session") == secret(folder=home, name="session")
        True
    """
    file = folder / name
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(64))
        # Linking is atomic: of several starting processes one wins, the others read its secret.
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text(encoding="ascii")
