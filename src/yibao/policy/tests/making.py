# ruff: noqa: E501  (pieces of packs stay on one line, as they are written)
"""Two small packs, nation and city, written into a folder for tests, with any piece replaced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from yibao.policy import Packs, load_packs

DAY = date(2023, 2, 10)
FILES: dict[str, str] = {
    "vocabulary/refund.yaml": """\
domain: refund
enums:
  scheme: {employee: {label: 职工医保, en: employee insurance}, resident: {label: 居民医保, en: resident insurance}}
  reason: {any: 未写, overlap: 重复, death: 死亡, wish: 自愿}
  outcome: {refund: 退费, no_refund: 不予退费, manual: 人工审核}
  material: {record: 失业记录, certificate: 死亡证明}
  sex: {M: 男, F: 女}
facts:
  applied_on: {label: 申请日期, en: day of application, type: date}
  period_start: {label: 待遇开始日, en: first day of benefits, type: date}
  reason: {label: 申请原因, en: reason, type: reason}
  scheme: {label: 险种, en: scheme, type: scheme}
  sex: {label: 性别, en: sex, type: sex}
  died_on: {label: 死亡日期, en: date of death, type: "date?"}
  tier: {label: 档次, en: tier, type: "int?"}
  paid_month: {label: 缴费月份, en: month of payment, type: month}
  retired: {label: 已退休, en: retired, type: bool}
  paid: {label: 缴费金额, en: amount paid, type: money, max: "10000000.00"}
  credited: {label: 划入账户, en: credited, type: money, max: "10000000.00"}
  months_covered: {label: 覆盖月数, en: months covered, type: int, unit: 月, min: 1, max: 600}
  overlap: {label: 重复月数, en: overlapping months, type: int, unit: 月, max: 600}
  years: {label: 年数, en: years, type: int, unit: 年, max: 60}
  region_from: {label: 转出地, en: region left, type: region}
  region_to: {label: 转入地, en: region joined, type: region}
  materials: {label: 材料, en: materials, type: list material}
decisions:
  situation:
    label: 退费情形
    en: situation
    as_of: applied_on
    outputs: {outcome: outcome, evidence: list material, earliest: "date?", months: "int?"}
  amount:
    label: 应退金额
    en: amount
    as_of: applied_on
    amounts: {gross: money, offset: money, refund: money}
    labels: {gross: [应退部分, gross], refund: {label: 应退金额, en: refund}}
settings: {readings: {}, roles: {}}
""",
    "vocabulary/contribution.yaml": "domain: contribution\nenums: {sex: {M: 男, F: 女}}\n",
    "000000_national/pack.yaml": """\
code: "000000"
name: 全国
en: nation
kind: nation
quality: bronze
checked_on: 2026-11-21
""",
    "000000_national/sources.yaml": """\
sources:
  nat: {number: 国发〔2014〕1号, title: 全国办法, issuer: 国家, in_force_from: 2014-01-01, grade: A}
  hint: {title: 网上文章, attested_from: 2014-01-01, grade: C}
  old: {number: 旧办法, title: 旧办法, in_force_from: 2010-01-01, until: 2016-01-01, grade: B}
""",
    "000000_national/contribution.yaml": """\
domain: contribution
parameters:
  rate:
    label: 退费比例
    en: share refunded
    type: rate
    delegated: {to: [pooling], what: values, source: "nat#7", at_most: "90%"}
    values:
      - {from: 2014-01-01, until: 2020-01-01, value: "50%", source: "nat#3"}
      - {from: 2020-01-01, value: "60%", source: "nat#3"}
  age:
    label: 退休年龄
    en: age of retirement
    type: int
    unit: 年
    key: sex
    values:
      - {key: M, from: 2014-01-01, value: "60", source: nat}
      - {key: F, from: 2014-01-01, value: "50", source: nat}
  limit: {label: 上限, en: limit, type: int, unit: 月, values: [{from: 2014-01-01, value: "12", source: nat}]}
""",
    "000000_national/refund.yaml": """\
domain: refund
facts:
  died_early:
    label: 死亡早于待遇开始
    en: died before benefits
    is: "known(died_on) and died_on < period_start"
tables:
  situation:
    delegated: {to: [province, pooling], what: rows, source: "nat#6"}
    rows:
      - {id: N1, label: 待遇前死亡, en: early death, from: 2014-01-01, source: "nat#5", when: {险种: 居民医保, died_early: 是}, then: {outcome: refund, evidence: [certificate]}}
      - {id: N2, label: 自愿退保, en: wish, from: 2014-01-01, source: "nat#5", when: {reason: wish}, then: {outcome: no_refund}}
      - {id: REST, label: 人工审核, en: a person decides, from: 2014-01-01, readings: [H1], then: {outcome: manual}}
  amount:
    delegated: {to: [pooling], what: rows, source: "nat#6"}
    amounts:
      gross:
        - {id: part, label: 按比例, en: by rate, from: 2014-01-01, source: nat, when: {retired: 是}, is: "round(paid * p.rate, 分, 四舍五入)"}
        - {id: full, label: 全额, en: in full, from: 2014-01-01, source: nat, is: paid}
      offset:
        - {id: none, label: 不抵扣, en: nothing set off, from: 2014-01-01, source: nat, is: "0"}
      refund:
        - {id: net, label: 净额, en: net, from: 2014-01-01, source: nat, is: "max(gross - offset, 0)"}
settings:
  readings: {H1: {question: 没有规定怎么办, taken: 人工审核}}
  roles: {clerk: {zh: 受理岗}}
""",
    "500000_chongqing/pack.yaml": """\
code: "500000"
name: 重庆市
en: Chongqing
kind: pooling
parent: "000000"
quality: silver
checked_on: 2026-11-21
""",
    "500000_chongqing/sources.yaml": "sources:\n  cq: {number: 渝发1号, title: 重庆办法, in_force_from: 2014-01-06, grade: B}\n",
    "500000_chongqing/contribution.yaml": """\
domain: contribution
parameters:
  rate:
    values:
      - {from: 2022-01-01, until: 2023-01-01, value: "70%", source: cq}
  base:
    label: 缴费基数
    en: base
    type: money
    values:
      - {from: 2016-01-01, until: 2017-01-01, value: "42639.00", source: "cq#2"}
      - {from: 2017-01-01, value: unknown}
""",
    "500000_chongqing/refund.yaml": """\
domain: refund
tables:
  situation:
    rows:
      - id: R3
        label: 失业期间重复缴费
        en: paid twice while unemployed
        from: 2014-01-06
        source: ["cq#3"]
        when: {reason: [any, overlap], scheme: employee, overlap: "> 0"}
        then: {outcome: refund, evidence: [record], earliest: "month_start(nth_month(applied_on, 2))", months: overlap}
  amount:
    amounts:
      gross:
        - {id: share, label: 按月分摊, en: by months, from: 2014-01-06, source: cq, when: {scheme: employee}, is: "round(share(paid, overlap, months_covered), 分, 四舍五入)"}
      offset:
        - {id: account, label: 抵扣划入, en: credits, from: 2014-01-06, source: cq, when: {scheme: employee}, is: credited}
settings:
  roles: {reviewer: {zh: 审核岗}}
""",
}
FACTS: dict[str, object] = {
    "applied_on": DAY,
    "period_start": date(2022, 1, 1),
    "reason": "overlap",
    "scheme": "employee",
    "sex": "M",
    "died_on": None,
    "tier": None,
    "paid_month": 2022 * 12,
    "retired": False,
    "paid": 587400,
    "credited": 98790,
    "months_covered": 12,
    "overlap": 6,
    "years": 10,
    "region_from": "500112",
    "region_to": "500112",
    "materials": (),
}


def write(*, folder: Path, files: Mapping[str, str]) -> tuple[Path, dict[str, Path]]:
    """Write packs and vocabularies; return the folder of packs and where the vocabularies are."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    words = folder / "vocabulary"
    packs = folder / "packs"
    packs.mkdir(exist_ok=True)
    for path in folder.glob("[0-9_.]*"):
        path.rename(packs / path.name)
    return packs, {path.stem: path for path in words.glob("*.yaml")}


def load(*, folder: Path, files: Mapping[str, str] = FILES) -> Packs:
    """Write packs and load them."""
    packs, vocabularies = write(folder=folder, files=files)
    return load_packs(roots=[packs], vocabularies=vocabularies)


def reading_base(file: str, old: str, new: str) -> dict[str, str]:
    """Return the files with one piece replaced by one that reads the base, which is then unknown before 2016."""
    files = replaced(file, old, new)
    path, first = "500000_chongqing/contribution.yaml", "      - {from: 2016-01-01,"
    unknown = "      - {from: 2014-01-01, until: 2016-01-01, value: unknown}\n"
    return {**files, path: files[path].replace(first, unknown + first)}


def replaced(file: str, old: str, new: str) -> dict[str, str]:
    """Return the files with one piece of one file replaced."""
    assert FILES[file].count(old) == 1, f"{old!r} stands {FILES[file].count(old)} times in {file}"
    return {**FILES, file: FILES[file].replace(old, new)}
