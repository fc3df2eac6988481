"""Who vouches for citizens: the identity providers of this installation, as its environment names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yibao.casework.assurance import LEVELS
from yibao.kernel.errors import Bilingual

PREFIX = "YIBAO_OIDC"
LOWEST = LEVELS[0]


class ProvidersWrong(Bilingual):
    """The environment names a provider wrongly; the site does not start."""


@dataclass(frozen=True, slots=True)
class Rung:
    """What a provider must say for one level: a class (`acr`), or methods (`amr`) that were all used."""

    level: str
    acr: str = ""
    amr: frozenset[str] = frozenset()

    def holds(self, claims: Mapping[str, Any]) -> bool:
        """Return whether an identity token says so."""
        if self.acr:
            return claims.get("acr") == self.acr
        return self.amr <= set(claims.get("amr") or ())


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider.

    Attributes:
        name: Short name; part of the addresses registered with the provider.
        label: What people call it, in Chinese.
        en: The same in English.
        issuer: Its address; everything else is discovered from there.
        client_id: How it knows this site.
        client_secret: Proves this site to it; empty for a client that has none.
        identity_claim: The claim that holds the identity number.
        scope: What is asked for.
        rungs: Which of its words stand for which level.
    """

    name: str
    label: str
    en: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    identity_claim: str = "id_number"
    scope: str = "openid identity"
    rungs: tuple[Rung, ...] = ()

    def level(self, claims: Mapping[str, Any]) -> str:
        """Return the highest level an identity token proves; L1 where it says nothing known."""
        proved = [rung.level for rung in self.rungs if rung.holds(claims)]
        return max((LOWEST, *proved), key=LEVELS.index)

    def classes(self, needed: str) -> list[str]:
        """Return the classes (`acr`) that prove at least a level, weakest first: what is asked of the provider."""
        good = [rung for rung in self.rungs if rung.acr and LEVELS.index(rung.level) >= LEVELS.index(needed)]
        return [rung.acr for rung in sorted(good, key=lambda rung: LEVELS.index(rung.level))]

    def can_prove(self, needed: str) -> bool:
        """Return whether it can prove a level at all."""
        return any(LEVELS.index(rung.level) >= LEVELS.index(needed) for rung in self.rungs)


def from_environment(environ: Mapping[str, str]) -> tuple[Provider, ...]:
    """Return the providers that `YIBAO_OIDC_PROVIDERS` lists, in its order.

    Raises:
        ProvidersWrong: A provider lacks its issuer or client, or a level is written wrongly.

    Examples:
        >>> from_environment({})
        ()
    """
    names = environ.get(f"{PREFIX}_PROVIDERS", "").replace(",", " ").split()
    return tuple(_provider(name, environ) for name in names)


def _provider(name: str, environ: Mapping[str, str]) -> Provider:
    prefix = f"{PREFIX}_{name.upper().replace('-', '_')}"
    if not name.replace("-", "").isalnum():
        raise ProvidersWrong(f"提供方名称只能用字母、数字和连字符：{name}", f"letters, digits and hyphens only: {name}")

    def read(part: str, default: str = "") -> str:
        return environ.get(f"{prefix}_{part}", default).strip()

    for part in ("ISSUER", "CLIENT_ID"):
        if not read(part):
            raise ProvidersWrong(f"请设置 {prefix}_{part}", f"set {prefix}_{part}")
    file = read("CLIENT_SECRET_FILE")
    secret = Path(file).read_text(encoding="utf-8").strip() if file else read("CLIENT_SECRET")
    return Provider(
        name=name,
        label=read("LABEL", name),
        en=read("LABEL_EN", read("LABEL", name)),
        issuer=read("ISSUER"),
        client_id=read("CLIENT_ID"),
        client_secret=secret,
        identity_claim=read("IDENTITY_CLAIM", "id_number"),
        scope=read("SCOPE", "openid identity"),
        rungs=rungs(read("LEVELS")),
    )


def rungs(text: str) -> tuple[Rung, ...]:
    """Return the levels of a provider from the text of its setting.

    Args:
        text: `acr:CLASS=L3 amr:METHOD+METHOD=L2`, separated by spaces.

    Raises:
        ProvidersWrong: A part is written otherwise.

    Examples:
        >>> [rung.level for rung in rungs("acr:urn:example:face=L3 amr:pwd+otp=L2")]
        ['L3', 'L2']
    """
    return tuple(_rung(part) for part in text.split())


def _rung(part: str) -> Rung:
    said, _, level = part.rpartition("=")
    kind, _, value = said.partition(":")
    if kind not in ("acr", "amr") or not value or level not in LEVELS:
        raise ProvidersWrong(
            f"身份等级写法有误：{part}；应写作 acr:值=L3 或 amr:方式+方式=L2",
            f"wrong level {part}; write acr:VALUE=L3 or amr:METHOD+METHOD=L2",
        )
    return Rung(level, acr=value) if kind == "acr" else Rung(level, amr=frozenset(value.split("+")))
