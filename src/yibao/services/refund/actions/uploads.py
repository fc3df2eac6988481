"""What a person uploads: known by its content, not by its name; pictures are made anew without their hidden data."""

import io
import re
import unicodedata
import zlib
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
SIDE_MAX = 4_000
"""Longest side of a photo that had to be made smaller, in pixels: an identity card stays readable."""
UNFOLDED_MAX = 300 * 1024 * 1024
_CHUNK = 1024 * 1024
_STREAM = re.compile(rb"(?<!end)stream\r?\n(?=[\x08-\x78])")
_BRAND = slice(4, 12)
_HEIC_BRANDS = tuple(b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"))
_HEIC_NAMES = (".heic", ".heif")


@dataclass(frozen=True, slots=True)
class Upload:
    """A checked file: its name without a path, its real type, its bytes as they are kept."""

    name: str
    content_type: str
    content: bytes


def checked(*, name: str, content: bytes, bytes_max: int, photo_bytes_max: int = 0) -> Upload:
    """Return an upload as it may be kept.

    Args:
        name: Name given by the browser; a path and hidden signs in it are dropped.
        content: The bytes.
        bytes_max: Largest size that is kept.
        photo_bytes_max: Largest photo that is taken and made smaller; 0 takes none above `bytes_max`.

    Raises:
        Refused: file_empty, file_too_large, file_heic, file_kind_not_allowed, file_not_what_it_says, file_locked,
            file_unfolds or file_broken; the person chooses another file, nothing has been kept.
    """
    if not content:
        raise refused("file_empty")
    bare = _bare(name)
    claimed = _TYPES.get(PurePath(bare).suffix.lower())
    real = next((kind for start, kind in _STARTS if content.startswith(start)), None)
    if len(content) > (max(bytes_max, photo_bytes_max) if real in _PICTURES else bytes_max):
        raise refused("file_too_large")
    if content[_BRAND] in _HEIC_BRANDS or PurePath(bare).suffix.lower() in _HEIC_NAMES:
        raise refused("file_heic")
    if claimed is None:
        raise refused("file_kind_not_allowed")
    if real != claimed:
        raise refused("file_not_what_it_says")
    if claimed == "application/pdf":
        return Upload(bare, claimed, _whole_pdf(content))
    picture = _opened(content, claimed)
    fresh = _encoded(picture, claimed)
    if len(content) <= bytes_max and len(fresh) <= bytes_max:
        return Upload(bare, claimed, fresh)
    picture.thumbnail((SIDE_MAX, SIDE_MAX))
    return Upload(str(PurePath(bare).with_suffix(".jpg")), "image/jpeg", _encoded(picture, "image/jpeg"))


def _bare(name: str) -> str:
    """Return a file's name without its path and without signs nobody sees, such as those that turn text round."""
    last = PurePath(name.replace("\\", "/")).name
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
    return seen.strip()[-NAME_LENGTH_MAX:]


def _whole_pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-_TAIL:]:
        raise refused("file_broken")
    if b"/Encrypt" in content:
        raise refused("file_locked")
    room = UNFOLDED_MAX
    for found in _STREAM.finditer(content):
        room -= _unfolded(memoryview(content)[found.end() :], room)
        if room < 0:
            raise refused("file_unfolds")
    return content


def _unfolded(packed: memoryview, room: int) -> int:
    """Return how many bytes a packed stream holds; counting stops soon after there is no room left."""
    inflate, size = zlib.decompressobj(), 0
    try:
        for start in range(0, len(packed), _CHUNK):
            rest = bytes(packed[start : start + _CHUNK])
            while rest and size <= room:
                size += len(inflate.decompress(rest, _CHUNK))
                rest = inflate.unconsumed_tail
            if inflate.eof or size > room:
                break
    except zlib.error:
        # No packed stream, or a broken one: the reader of the office will say so, it harms nobody.
        return size
    return size


def _opened(content: bytes, content_type: str) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=[_PICTURES[content_type]]) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise refused("file_unfolds")
            upright = ImageOps.exif_transpose(picture)
            upright.load()
            return upright
    except Image.DecompressionBombError as error:
        raise refused("file_unfolds") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise refused("file_broken") from error


def _encoded(picture: Image.Image, content_type: str) -> bytes:
    """Encode anew: place and device of the camera, and anything appended, are gone."""
    out = io.BytesIO()
    if content_type == "image/jpeg":
        picture.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    else:
        picture.convert("RGBA" if "A" in picture.getbands() else "RGB").save(out, "PNG")
    return out.getvalue()
