"""Names of people as they are typed on many keyboards: one dot, no hidden signs, rare characters welcome."""

import re
import unicodedata

from yibao.kernel.errors import Bilingual

NAME_MAX = 60
DOT = "·"
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･●᛫﹒．", DOT))
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# A full stop or a blank between two Chinese characters is a dot, or nothing, that the keyboard did not have.
_STOP = re.compile(rf"(?<=[{_HAN}])\.(?=[{_HAN}])")
_BLANK = re.compile(rf"(?<=[{_HAN}{DOT}])\s+(?=[{_HAN}{DOT}])")
_RARE_PLANES = range(0x20000, 0x40000)
_LETTERS = ("L", "M")
_SIGNS = f" {DOT}'’-.()（）"
_PRIVATE = ("Co",)


class NameProblem(Bilingual):
    """A name that other systems could not read; show `zh` or `en` beside the field and keep what was typed."""


def check_name(text: str) -> str:
    """Return a name in its one spelling.

    Characters of the rare extensions (B to H) are kept as they are, and minority names have one dot.

    Args:
        text: what was typed.

    Raises:
        NameProblem: empty, too long, a character made by one computer only (how to replace it is said), or signs
            that no name has.

    Examples:
        >>> check_name(" 阿依古丽•买买提 "), check_name("买买提．艾力"), check_name("王 小 明")
        ('阿依古丽·买买提', '买买提·艾力', '王小明')
    """
    name = _one_spelling(text)
    if not name:
        raise NameProblem("请填写姓名", "write the name")
    if len(name) > NAME_MAX:
        raise NameProblem(f"姓名最多 {NAME_MAX} 个字", f"a name has at most {NAME_MAX} characters")
    for place, sign in enumerate(name, start=1):
        if unicodedata.category(sign) in _PRIVATE:
            raise NameProblem(
                f"第 {place} 个字是电脑自造字，别的系统认不出来。请用手写输入法重新输入这个字；"
                "打不出来的，按身份证改用汉语拼音，或到医保窗口办理",
                f"character {place} exists on one computer only. Write it by hand input again; if that fails, use "
                "pinyin as on the identity card, or come to a counter",
            )
        if not _belongs(sign):
            raise NameProblem(
                f"第 {place} 个字不是姓名用字，请删去表情、数字和符号",
                f"character {place} belongs to no name: remove emoji, digits and signs",
            )
    return name


def same_name(*, one: str, other: str) -> bool:
    """Return whether two spellings may be one name: dots, blanks, width and capitals do not count.

    Examples:
        >>> same_name(one="阿依古丽·买买提", other="阿依古丽 买买提"), same_name(one="张三", other="张山")
        (True, False)
    """
    return _key(one) == _key(other)


def _key(text: str) -> str:
    return unicodedata.normalize("NFKC", _one_spelling(text)).casefold().replace(DOT, "").replace(" ", "")


def _one_spelling(text: str) -> str:
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    wide = "".join(
        unicodedata.normalize("NFKC", sign) if "！" <= sign <= "～" and sign != "．" else sign for sign in seen
    )
    dotted = _STOP.sub(DOT, unicodedata.normalize("NFC", wide.translate(_DOTS)))
    return " ".join(_BLANK.sub("", dotted.strip()).split())


def _belongs(sign: str) -> bool:
    # Extension H came with Unicode 15; the tables of this Python may not know it yet.
    rare = ord(sign) in _RARE_PLANES
    return rare or sign in _SIGNS or unicodedata.category(sign)[0] in _LETTERS
