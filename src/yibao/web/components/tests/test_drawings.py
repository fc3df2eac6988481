"""Components that are drawn once and kept: the same options give the same drawing, others never another's."""

from importlib import import_module

from django.utils.safestring import SafeString

from yibao.web.components import render

drawing = import_module("yibao.web.components.render")


def test_text_that_looks_like_html_is_never_taken_for_html() -> None:
    safe = render("tag", {"html": SafeString("<b>是</b>")})
    assert "<b>" in safe
    assert "<b>" not in render("tag", {"html": "<b>是</b>"})
    assert "<b>" in render("tag", {"html": SafeString("<b>是</b>")})


def test_a_select_shows_what_is_chosen_each_time() -> None:
    def select(chosen: str) -> str:
        items = [{"value": value, "text": value, "selected": value == chosen} for value in ("a", "b")]
        return render("select", {"name": "one", "label": {"text": "一"}, "items": items})

    shown = [select(chosen) for chosen in ("a", "b", "a")]
    assert 'value="a" selected' in shown[0]
    assert 'value="b" selected' in shown[1]
    assert shown[2] == shown[0]


def test_what_cannot_be_compared_is_drawn_anew_each_time() -> None:
    class Word:
        text = "一"

        def __str__(self) -> str:
            return self.text

    word = Word()
    first = render("tag", {"text": word})
    word.text = "二"
    assert (first, render("tag", {"text": word})) == (
        '<strong class="govuk-tag">一</strong>',
        '<strong class="govuk-tag">二</strong>',
    )


def test_only_a_box_with_nothing_in_it_is_kept() -> None:
    def kept(**more: object) -> int:
        before = drawing._drawn.cache_info().currsize
        render("input", {"name": "only-a-box", "label": {"text": "一"}, **more})
        return drawing._drawn.cache_info().currsize - before

    drawing._drawn.cache_clear()
    assert kept() == 1
    assert kept(value="张小红") == 0
    assert kept(error_message={"text": "张小红不在名单中"}) == 0
