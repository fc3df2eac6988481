"""What can be wrong with the definition of a process: every finding with its sentence and where it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# In `{path}` stands the counter-example: the steps of a case that goes wrong.
MESSAGES: dict[str, tuple[str, str]] = {
    "state_unreachable": (
        "没有一条路能到“{state}”；从提交走下去只能到：{reached}",
        "no way leads to '{state}'; from the first step only these are reached: {reached}",
    ),
    "state_dead_end": (
        "{path}：停在“{state}”，再没有一条路能办结",
        "{path}: stands at '{state}', and no way leads to an end",
    ),
    "step_breaks": ("{path}：这一步无法执行", "{path}: this step cannot be taken"),
    "paid_unaccepted": ("{path}：没有受理", "{path}: it was never accepted"),
    "level_skipped": ("{path}：跳过第 {level} 级", "{path}: level {level} is skipped"),
    "signature_skipped": (
        "{path}：第 {level} 级缺少“{role}”的签字",
        "{path}: {role!r} has not signed at level {level}",
    ),
    "one_person_twice": (
        "{path}：同一个人办了其中两步（{steps}）",
        "{path}: one person took two of the steps ({steps})",
    ),
    "nobody_can_sign": (
        "{path}：第 {level} 级没有人能签；角色“{role}”不能办理案件，或者只能由前面已经签过的人签",
        "{path}: nobody can sign at level {level}: {role!r} does not work on cases, or only who signed before could",
    ),
    "chain_shape": (
        "审批链“{chain}”要写 levels，每一级写 level、roles（列表）和 order",
        "chain {chain!r} needs levels, each with level, roles (a list) and order",
    ),
    "level_number": (
        "审批链“{chain}”的级别要从 1 起依次编号，这里应当是 {wanted}，写的是“{written}”",
        "the levels of chain {chain!r} are numbered from 1 on: {wanted} is due here, {written!r} is written",
    ),
    "level_without_roles": (
        "{path}：审批链“{chain}”的第 {level} 级没有角色，没有人能签",
        "{path}: level {level} of chain {chain!r} has no role, so nobody can sign",
    ),
    "level_role_twice": (
        "第 {level} 级把“{role}”写了两次；一个角色在一级只签一次，请另写一级",
        "level {level} names {role!r} twice; a role signs once at a level, write another level",
    ),
    "level_order": (
        "第 {level} 级的 order 应当是 any（不分先后）或 sequence（依次）",
        "order of level {level} must be any or sequence",
    ),
    "role_not_in_service": (
        "服务“{service}”的 service.yaml 没有角色“{role}”；可写：{known}",
        "service.yaml of {service!r} has no role {role!r}; there are: {known}",
    ),
    "role_not_in_pack": (
        "规则包的 roles 没有“{role}”，第 {level} 级显示不出由谁签；请先在 settings 的 roles 写明",
        "the pack's roles have no {role!r}, so level {level} cannot say who signs: write it in settings roles first",
    ),
    "role_needed": (
        "服务“{service}”的 roles 缺少“{role}”：没有它就没有人能{step}",
        "roles of service {service!r} lack {role!r}: without it nobody can {step_en}",
    ),
    "chain_unknown": (
        "这一行要走审批链“{chain}”，settings 的 chains 里没有；现有：{known}",
        "this row asks for chain {chain!r}, which settings chains do not have; there are: {known}",
    ),
    "clock_never_starts": (
        "时限“{clock}”没有任何一步会启动；服务“{service}”会启动的有：{known}",
        "no step starts the clock {clock!r}; the service {service!r} starts: {known}",
    ),
    "clock_never_ends": (
        "{path}：已办结，时限“{clock}”还在走",
        "{path}: the case is closed and clock {clock!r} goes on",
    ),
    "verb_unknown": (
        "服务“{service}”的 workflow 用到“{verb}”，案件没有这一步",
        "the workflow of {service!r} names {verb!r}, which is no step of a case",
    ),
}
STEPS: dict[str, tuple[str, str]] = {
    "submit": ("提交", "submit"),
    "ask_correction": ("要求补正", "ask for a correction"),
    "resubmit": ("补正后提交", "send again"),
    "accept": ("受理", "accept"),
    "not_accept": ("不予受理", "not accept"),
    "approve": ("第 {level} 级签批", "sign level {level}"),
    "refuse": ("不予办理", "refuse"),
    "evidence_changed": ("材料或金额变动", "the evidence changes"),
    "decide": ("金额变动", "the amount changes"),
    "pay": ("付款", "pay"),
    "bounce": ("退票", "bounce"),
    "confirm_paid": ("确认到账", "confirm"),
    "complete": ("办结", "complete"),
    "withdraw": ("撤回", "withdraw"),
}
"""How a step is called in a counter-example; another verb is called by its own name."""

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a definition.

    Attributes:
        code: A key of `MESSAGES`.
        zh: In Chinese, with the counter-example where there is one.
        en: In English.
        where: Keys and positions from the settings of the pack, or of the manifest, down to the place.
    """

    code: str
    zh: str
    en: str
    where: Where = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a counter-example.

    Attributes:
        verb: What is done.
        level: At which level; 0 before acceptance.
        role: As whom; empty for the citizen and the system.
    """

    verb: str
    level: int = 0
    role: str = ""

    def words(self) -> tuple[str, str]:
        """Return the step in Chinese and English.

        Examples:
            >>> Step("approve", 2, "reviewer").words()
            ('第 2 级签批（reviewer）', 'sign level 2 (reviewer)')
        """
        zh, en = STEPS.get(self.verb, (self.verb, self.verb))
        zh, en = zh.format(level=self.level), en.format(level=self.level)
        return (f"{zh}（{self.role}）", f"{en} ({self.role})") if self.verb == "approve" and self.role else (zh, en)


def fault(*, code: str, where: Where = (), path: Iterable[Step] = (), **values: object) -> Fault:
    """Return a fault with its sentences.

    Args:
        code: A key of `MESSAGES`.
        where: Where it is written.
        path: The steps of the counter-example.
        values: What else the sentence names.

    Examples:
        >>> fault(code="level_skipped", path=[Step("submit"), Step("accept"), Step("pay")], level=1).zh
        '提交 → 受理 → 付款：跳过第 1 级'
    """
    zh, en = MESSAGES[code]
    told = [step.words() for step in path]
    chinese, english = (" → ".join(words) for words in zip(*told, strict=True)) if told else ("", "")
    return Fault(code, zh.format(path=chinese, **values), en.format(path=english, **values), where)
