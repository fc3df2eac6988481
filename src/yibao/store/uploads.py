"""What a person uploads: known by its content, not by its name; pictures are made anew without their hidden data."""

import io
import re
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image, ImageOps, UnidentifiedImageError

from yibao.kernel.errors import Refusal, Refused

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

EMPTY = Refusal(
    "file_empty",
    "上传的文件是空的",
    "the file is empty",
    "请重新选择文件。",
    "Choose the file again.",
    status=422,
)
TOO_LARGE = Refusal(
    "file_too_large",
    "文件太大：照片最多 25 MB，PDF 最多 10 MB",
    "the file is too large: a photo may have 25 MB, a PDF 10 MB",
    "请压缩或分次上传。",
    "Make it smaller, or upload it in parts.",
    status=413,
)
HEIC = Refusal(
    "file_heic",
    "这是苹果手机的 HEIC 照片，窗口的电脑打不开",
    "this is a HEIC photo, which the office cannot open",
    "请在“设置—相机—格式”里选“兼容性最佳”重新拍，或把照片截屏后上传截屏。",
    "Choose Most Compatible under Settings, Camera, Formats and take it again, or upload a screenshot of it.",
    status=415,
)
LOCKED = Refusal(
    "file_locked",
    "这份 PDF 加了密码，窗口打不开",
    "this PDF is locked with a password",
    "请去掉密码后再上传，或拍照上传。",
    "Remove the password and upload it again, or upload photos.",
    status=422,
)
UNFOLDS = Refusal(
    "file_unfolds",
    "这个文件展开后大得不正常",
    "this file unfolds to an abnormal size",
    "请重新拍照或扫描后上传。",
    "Take the picture or scan again.",
    status=413,
)
KIND_NOT_ALLOWED = Refusal(
    "file_kind_not_allowed",
    "只能上传 PDF、JPG 或 PNG 文件",
    "only PDF, JPG and PNG files are accepted",
    "请换成这三种格式之一再上传。",
    "Upload one of these three kinds.",
    status=415,
)
NOT_WHAT_IT_SAYS = Refusal(
    "file_not_what_it_says",
    "文件内容与文件名后缀不符",
    "the file is not what its name says",
    "请上传原始文件，不要改后缀。",
    "Upload the original file without renaming it.",
    status=415,
)
BROKEN = Refusal(
    "file_broken",
    "文件已损坏，打不开",
    "the file is broken and cannot be opened",
    "请重新拍照或扫描后上传。",
    "Take the picture or scan again.",
    status=422,
)


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
        raise Refused(EMPTY)
    bare = _bare(name)
    claimed = _TYPES.get(PurePath(bare).suffix.lower())
    real = next((kind for start, kind in _STARTS if content.startswith(start)), None)
    if len(content) > (max(bytes_max, photo_bytes_max) if real in _PICTURES else bytes_max):
        raise Refused(TOO_LARGE)
    if content[_BRAND] in _HEIC_BRANDS or PurePath(bare).suffix.lower() in _HEIC_NAMES:
        raise Refused(HEIC)
    if claimed is None:
        raise Refused(KIND_NOT_ALLOWED)
    if real != claimed:
        raise Refused(NOT_WHAT_IT_SAYS)
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
        raise Refused(BROKEN)
    if b"/Encrypt" in content:
        raise Refused(LOCKED)
    room = UNFOLDED_MAX
    for found in _STREAM.finditer(content):
        room -= _unfolded(memoryview(content)[found.end() :], room)
        if room < 0:
            raise Refused(UNFOLDS)
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
                raise Refused(UNFOLDS)
            upright = ImageOps.exif_transpose(picture)
            upright.load()
            return upright
    except Image.DecompressionBombError as error:
        raise Refused(UNFOLDS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused(BROKEN) from error


def _encoded(picture: Image.Image, content_type: str) -> bytes:
    """Encode anew: place and device of the camera, and anything appended, are gone."""
    out = io.BytesIO()
    if content_type == "image/jpeg":
        picture.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    else:
        picture.convert("RGBA" if "A" in picture.getbands() else "RGB").save(out, "PNG")
    return out.getvalue()
