"""A file is what its content says, and only that is kept."""

import io

import pytest
from PIL import Image

from yibao.kernel.errors import Refused
from yibao.services.refund import actions
from yibao.services.refund.actions import uploads
from yibao.store import documents

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


def test_a_picture_that_unfolds_to_a_giant_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "PIXELS_MAX", 100)
    with pytest.raises(Refused) as caught:
        uploads.checked(name="a.png", content=picture(), bytes_max=LARGEST)
    assert caught.value.refusal.code == "file_too_large"


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
