"""A file is what its content says, and only that is kept."""

import io
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image

from yibao.kernel.errors import Refused
from yibao.services.refund import actions
from yibao.store import documents, uploads

LARGEST = 50_000
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def picture(kind="PNG", size=(60, 40), **options):
    out = io.BytesIO()
    Image.new("RGB", size, (10, 120, 200)).save(out, kind, **options)
    return out.getvalue()


def jpeg_with_place():
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif[0x0112] = 6
    return picture("JPEG", exif=exif)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("证明.pdf", PDF, "application/pdf"),
        ("a.PNG", picture(), "image/png"),
        ("b.jpg", picture("JPEG"), "image/jpeg"),
        ("c.jpeg", picture("JPEG"), "image/jpeg"),
    ],
    ids=["pdf", "png in capitals", "jpg", "jpeg"],
)
def test_the_three_kinds_are_accepted(name, content, content_type):
    upload = uploads.checked(name=name, content=content, bytes_max=LARGEST)

    assert (upload.name, upload.content_type) == (name, content_type)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        pytest.param("a.png", b"", "file_empty", id="nothing in it"),
        pytest.param("a.pdf", PDF + b" " * LARGEST, "file_too_large", id="too large"),
        pytest.param("a.exe", b"MZ....", "file_kind_not_allowed", id="another kind"),
        pytest.param("a", PDF, "file_kind_not_allowed", id="no suffix"),
        pytest.param("a.svg", b"<svg/>", "file_kind_not_allowed", id="a drawing that can run scripts"),
        pytest.param("a.pdf", picture(), "file_not_what_it_says", id="a picture that says it is a PDF"),
        pytest.param("a.jpg", picture(), "file_not_what_it_says", id="a PNG that says it is a JPEG"),
        pytest.param("a.png", b"MZ" + b"0" * 99, "file_not_what_it_says", id="a program that says it is a picture"),
        pytest.param("a.png", picture()[:80], "file_broken", id="a picture that breaks off"),
        pytest.param("a.pdf", b"%PDF-1.7 and nothing else", "file_broken", id="a PDF without an end"),
    ],
)
def test_other_files_are_refused_by_name(name, content, code):
    with pytest.raises(Refused) as caught:
        uploads.checked(name=name, content=content, bytes_max=LARGEST)
    assert caught.value.refusal.code == code


def test_a_picture_is_made_anew_without_its_hidden_data():
    kept = uploads.checked(name="a.jpg", content=jpeg_with_place() + b"<script>", bytes_max=LARGEST).content

    assert b"Secret Camera" not in kept
    assert b"<script>" not in kept
    with Image.open(io.BytesIO(kept)) as upright:
        assert upright.size == (40, 60)


def png_of(width, height):
    """A small PNG whose head claims a size."""
    real = picture()
    head = b"IHDR" + struct.pack(">II", width, height) + real[24:29]
    return real[:12] + head + struct.pack(">I", zlib.crc32(head)) + real[33:]


def packed_pdf(size):
    stream = zlib.compress(bytes(size), 9)
    return b"%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode>>\nstream\n" + stream + b"\nendstream\nendobj\n%%EOF\n"


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
ZIP = b"PK\x03\x04" + bytes(100)
STRANGE = [
    pytest.param("a.png", png_of(60_000, 60_000), "file_unfolds", id="a small picture of 3.6 billion dots"),
    pytest.param("a.png", png_of(9_000, 9_000), "file_unfolds", id="a picture of 81 million dots"),
    pytest.param("a.jpg", picture("JPEG", size=(400, 400))[:-300], "file_broken", id="half a photo"),
    pytest.param("a.pdf", packed_pdf(2_000_000), "file_unfolds", id="a PDF that unfolds without end"),
    pytest.param("a.pdf", PDF.replace(b"<<>>", b"<</Encrypt 2 0 R>>"), "file_locked", id="a PDF with a password"),
    pytest.param("a.zip", ZIP, "file_kind_not_allowed", id="an archive"),
    pytest.param("a.pdf", ZIP, "file_not_what_it_says", id="an archive that says it is a PDF"),
    pytest.param("IMG_0001.HEIC", HEIC, "file_heic", id="a photo of an iPhone"),
    pytest.param("IMG_0001.jpg", HEIC, "file_heic", id="a photo of an iPhone that was renamed"),
    pytest.param("\u202egpj.exe", b"MZ", "file_kind_not_allowed", id="a name that is turned round"),
    pytest.param("", PDF, "file_kind_not_allowed", id="no name"),
    pytest.param("a.jpg", b"\xff\xd8\xff" + bytes(300_000), "file_too_large", id="a photo above the hard limit"),
]


@pytest.mark.parametrize(("name", "content", "code"), STRANGE)
def test_strange_files_are_refused_with_the_way_out(monkeypatch, name, content, code):
    monkeypatch.setattr(uploads, "UNFOLDED_MAX", 1_000_000)
    with pytest.raises(Refused) as caught:
        uploads.checked(name=name, content=content, bytes_max=LARGEST, photo_bytes_max=4 * LARGEST)
    refusal = caught.value.refusal
    assert refusal.code == code
    assert all((refusal.zh, refusal.en, refusal.next_zh, refusal.next_en))


def test_a_bomb_is_given_up_long_before_it_has_unfolded(monkeypatch):
    monkeypatch.setattr(uploads, "UNFOLDED_MAX", 1_000_000)
    content = packed_pdf(50_000_000)
    tracemalloc.start()
    with pytest.raises(Refused):
        uploads.checked(name="a.pdf", content=content, bytes_max=LARGEST)
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


def test_an_ordinary_packed_pdf_is_kept_as_it_is():
    content = packed_pdf(500_000)
    assert uploads.checked(name="a.pdf", content=content, bytes_max=LARGEST).content == content


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_photo_is_made_smaller_before_it_is_kept(monkeypatch, kind):
    out = io.BytesIO()
    Image.effect_noise((300, 200), 90).convert("RGB").save(out, kind)
    monkeypatch.setattr(uploads, "SIDE_MAX", 100)
    upload = uploads.checked(
        name=f"a.{kind.lower()}", content=out.getvalue(), bytes_max=20_000, photo_bytes_max=1_000_000
    )

    assert (upload.name, upload.content_type) == ("a.jpg", "image/jpeg")
    assert len(upload.content) <= 20_000
    with Image.open(io.BytesIO(upload.content)) as small:
        assert small.size == (100, 67)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("身份证\u202e\u200b正面.png", "身份证正面.png"), ("😀.png", "😀.png"), ("\U00020bb7.png", "\U00020bb7.png"),
     ("长" * 300 + ".png", "长" * 116 + ".png"), ("a\r\nb.png", "ab.png")],
    ids=["hidden signs", "emoji", "a rare character", "very long", "line ends"],
)  # fmt: skip
def test_a_name_is_kept_without_what_nobody_sees(name, kept):
    assert uploads.checked(name=name, content=picture(), bytes_max=LARGEST).name == kept


@pytest.mark.parametrize("name", ["../../etc/x.pdf", "C:\\Users\\me\\x.pdf"], ids=["a path", "a path of Windows"])
def test_a_path_in_the_name_is_dropped(name):
    assert uploads.checked(name=name, content=PDF, bytes_max=LARGEST).name == "x.pdf"


@pytest.mark.django_db
def test_a_file_is_kept_and_can_be_taken_back(walk):
    walk.drafted()
    before = walk.seen
    document = walk.attach("household_book")
    assert documents.content(document).startswith(b"\x89PNG")
    assert walk.seen != before

    actions.detach(number=walk.number, document_id=document.pk, by=walk.citizen, **walk.now())

    assert walk.seen == before
    assert documents.content(document).startswith(b"\x89PNG")


@pytest.mark.django_db
def test_only_own_files_of_known_materials_are_handled(walk):
    walk.drafted()
    for step, options, code in (
        ("attach", {"material": "love_letter", "name": "a.pdf", "content": PDF}, "material_unknown"),
        ("detach", {"document_id": 0}, "document_not_found"),
    ):
        with pytest.raises(Refused) as caught:
            getattr(actions, step)(number=walk.number, by=walk.citizen, **options, **walk.now())
        assert caught.value.refusal.code == code
