"""What a person uploads: known by its content, not by its name; pictures are made anew without their hidden data."""

import io
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image, ImageOps, UnidentifiedImageError

from yibao.services.refund.actions.refusals import refused

PIXELS_MAX = 60_000_000
NAME_LENGTH_MAX = 120
_QUALITY = 90
_TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG"}
_STARTS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_TAIL = 2_048


@dataclass(frozen=True, slots=True)
class Upload:
    """A checked file: its name without a path, its real type, its bytes as they are kept."""

    name: str
    content_type: str
    content: bytes


def checked(*, name: str, content: bytes, bytes_max: int) -> Upload:
    """Return an upload as it may be kept.

    Args:
        name: Name given by the browser; a path in it is dropped.
        content: The bytes.
        bytes_max: Largest size accepted.

    Raises:
        Refused: file_empty, file_too_large, file_kind_not_allowed, file_not_what_it_says or file_broken;
            the person chooses another file, nothing has been kept.
    """
    if not content:
        raise refused("file_empty")
    if len(content) > bytes_max:
        raise refused("file_too_large")
    bare = PurePath(name.replace("\\", "/")).name[-NAME_LENGTH_MAX:]
    claimed = _TYPES.get(PurePath(bare).suffix.lower())
    real = next((kind for start, kind in _STARTS if content.startswith(start)), None)
    if claimed is None:
        raise refused("file_kind_not_allowed")
    if real != claimed:
        raise refused("file_not_what_it_says")
    return Upload(
        bare, claimed, _whole_pdf(content) if claimed == "application/pdf" else _fresh_picture(content, claimed)
    )


def _whole_pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-_TAIL:]:
        raise refused("file_broken")
    return content


def _fresh_picture(content: bytes, content_type: str) -> bytes:
    """Decode and encode again: place and device of the camera, and anything appended, are gone."""
    try:
        with Image.open(io.BytesIO(content), formats=[_PICTURES[content_type]]) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise refused("file_too_large")
            upright = ImageOps.exif_transpose(picture)
            upright.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise refused("file_broken") from error
    out = io.BytesIO()
    if content_type == "image/jpeg":
        upright.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    else:
        upright.convert("RGBA" if "A" in upright.getbands() else "RGB").save(out, "PNG")
    return out.getvalue()
