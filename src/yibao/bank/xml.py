"""Reading and writing XML: nothing a stranger puts into a file is expanded, fetched or guessed at."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from typing import Any

from lxml import etree
from xsdata.exceptions import ConverterError, ParserError
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from xsdata.formats.dataclass.parsers.handlers import LxmlEventHandler
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig

from yibao.bank import schema
from yibao.bank.orders import BankFileInvalid
from yibao.kernel.money import Money

BYTES_MAX = 20_000_000
SHOWN_MAX = 5
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
_CONFIG = ParserConfig(fail_on_converter_warnings=True)


def tree(content: bytes) -> Any:
    """Return the root of an XML file.

    Args:
        content: The file.

    Raises:
        BankFileInvalid: It is too large, no XML, or declares a document type, which a bank's message never does.
    """
    if len(content) > BYTES_MAX:
        raise BankFileInvalid("文件太大，不是银行回执", "the file is too large for an answer of a bank")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BankFileInvalid("文件不是完整的 XML", "the file is no well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BankFileInvalid(
            "文件带有文档类型声明，银行报文不会有，没有读入",
            "the file declares a document type, which no bank's message does, and was not read",
        )
    return root


def message_of(root: Any) -> str:
    """Return which message a file is, such as pain.002.001.10; empty where it is none of ISO 20022."""
    space = etree.QName(root).namespace or ""
    return space.removeprefix(NAMESPACE) if space.startswith(NAMESPACE) else ""


def bind(*, root: Any, kind: type[Any]) -> Any:
    """Return a message as the classes of its schema, checked against every rule of the schema.

    Args:
        root: From `tree`.
        kind: The schema's `Document`.

    Raises:
        BankFileInvalid: It does not keep to the schema; the first faults are named.
    """
    try:
        found = XmlParser(config=_CONFIG, handler=LxmlEventHandler).parse(root, kind)
    except (ParserError, ConverterError, TypeError, ValueError) as error:
        raise BankFileInvalid(
            "文件不符合报文格式，缺少内容或有多余内容", "the file does not keep to the schema of its message"
        ) from error
    check(found)
    return found


def check(message: Any) -> None:
    """Check a message against every length, pattern and number of digits of its schema.

    Raises:
        BankFileInvalid: It does not keep to the schema; the first faults are named.
    """
    broken = list(islice(dict.fromkeys(schema.faults(message)), SHOWN_MAX))
    if broken:
        names = ", ".join(broken)
        raise BankFileInvalid(f"报文内容不符合格式：{names}", f"the message does not keep to its schema: {names}")


def text(*, message: Any, namespace: str) -> bytes:
    """Return a message as a file.

    Args:
        message: The schema's `Document`.
        namespace: Its message, such as pain.001.001.09.
    """
    serializer = XmlSerializer(config=SerializerConfig(indent="  ", encoding="UTF-8"))
    return (serializer.render(message, ns_map={None: NAMESPACE + namespace}) + "\n").encode()


def yuan(fen: int) -> Decimal:
    """Return an amount as a message states it.

    Examples:
        >>> yuan(194910)
        Decimal('1949.10')
    """
    return Decimal(str(Money(fen)))


def fen(amount: Decimal) -> int:
    """Return a message's amount in whole fen.

    Raises:
        BankFileInvalid: It is negative, or has a part of a fen.

    Examples:
        >>> fen(Decimal("1949.1")), fen(Decimal("1949.100"))
        (194910, 194910)
    """
    try:
        whole = amount.scaleb(2).to_integral_exact()
    except ArithmeticError:
        whole = Decimal("NaN")
    if not whole.is_finite() or whole < 0 or whole.scaleb(-2) != amount:
        raise BankFileInvalid(f"金额 {amount} 不是整分", f"the amount {amount} is not whole fen")
    return int(whole)
