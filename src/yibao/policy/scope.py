"""The names an expression may use, and what each stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from yibao.policy.diagnostics import Mark
from yibao.policy.terms import EnumTerm, Vocabulary
from yibao.policy.tree import Named
from yibao.policy.types import Type


class Fault(Exception):
    """A fault at a place in an expression; becomes a finding at the node that holds the expression.

    An empty code is a fault that follows from another one, which is already told.
    """

    def __init__(self, code: str, offset: int, hint: str = "", **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.offset = offset
        self.hint = hint
        self.values = values


@dataclass(frozen=True, slots=True)
class ParameterTerm:
    """What a parameter is, apart from its values.

    Attributes:
        name: in expressions `p.name`.
        label: in Chinese.
        en: in English.
        type: of its values, never missing; an unknown value stops a decision that needs it.
        key: the type of its key column, or None.
        bounds: least and greatest value a line may give.
        order: rising or falling along the key in the order of its values; empty where nothing is said.
        domain: the vocabulary it is declared under.
    """

    name: str
    label: str
    en: str
    type: Type
    key: Type | None
    bounds: tuple[int, int] | None
    mark: Mark
    order: str = ""
    domain: str = ""


@dataclass(slots=True)
class Scope:
    """Everything an expression of one pack and domain may name.

    Attributes:
        vocabulary: facts and enums.
        parameters: by name, of the pack and all above it.
        named: gives the meaning of a condition of the pack or one above it, or None; finds cycles.
        named_spellings: every way a named condition may be written, to its name.
        parameter_spellings: the same for parameters.
        locals: outputs and earlier amounts, with type and bounds.
    """

    vocabulary: Vocabulary
    parameters: dict[str, ParameterTerm] = field(default_factory=dict)
    named: Callable[[str], Named | None] = lambda name: None
    named_spellings: dict[str, str] = field(default_factory=dict)
    parameter_spellings: dict[str, str] = field(default_factory=dict)
    locals: dict[str, tuple[Type, tuple[int, int] | None]] = field(default_factory=dict)

    def enum(self, type_: Type) -> EnumTerm | None:
        """Return the enum of a type, or None."""
        return self.vocabulary.enums.get(type_.name)

    def names(self) -> list[str]:
        """Return every name an expression may use, for suggestions."""
        return [*self.vocabulary.spellings, *self.named_spellings, *self.locals]
