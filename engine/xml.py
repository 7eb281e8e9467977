"""Reading XML that strangers may have written: diagrams and decision models."""

from typing import Final

from lxml import etree

from engine.errors import BatonError

MAX_BYTES: Final = 2_000_000
ENCODINGS: Final = frozenset({"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ASCII", "US-ASCII", "EUC-KR", "CP949"})


class UnsafeXml(BatonError):
    """XML that is refused. `str()` is the English sentence, `ko` the Korean one, `line` the line in the file (None: the whole file)."""

    def __init__(self, ko: str, en: str, line: int | None = None) -> None:
        super().__init__(en)
        self.ko = ko
        self.en = en
        self.line = line


def parse_xml(data: bytes, what: str) -> etree._Element:
    """The root element of `data`, without comments and processing instructions.

    `what` names the file in messages. Raises UnsafeXml for more than 2 MB, a DOCTYPE, an encoding other than UTF-8, UTF-16, EUC-KR or CP949,
    and for anything that is not well-formed. Nothing outside `data` is ever read.
    """
    if len(data) > MAX_BYTES:
        raise UnsafeXml(f"{what}: 파일이 {MAX_BYTES:,}바이트보다 커요. 나누어 주세요.", f"{what} is larger than {MAX_BYTES:,} bytes; split it.")
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise _malformed(what, error) from error
    _refuse_doctype(root, what)
    _refuse_encoding(root, what)
    return root


def _parser() -> etree.XMLParser:
    # A parser of its own for each file: lxml parsers keep state and a lock, and the default one may load entities.
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _malformed(what: str, error: Exception) -> UnsafeXml:
    line = getattr(error, "lineno", None) or None
    where_ko, where_en = (f" {line}번째 줄에서", f" at line {line}") if line else ("", "")
    return UnsafeXml(
        f"{what}:{where_ko} XML이 올바르지 않아요({error}). 모델러에서 다시 저장해 주세요.",
        f"{what} is not well-formed XML{where_en} ({error}); save it again from the modeler.",
        line,
    )


def _refuse_doctype(root: etree._Element, what: str) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnsafeXml(
            f"{what}: DOCTYPE 선언이 있는 파일은 받지 않아요. <!DOCTYPE ...> 부분을 지워 주세요.",
            f"{what} has a DOCTYPE, which is refused because it can pull in other files; remove the <!DOCTYPE ...> part.",
        )


def _refuse_encoding(root: etree._Element, what: str) -> None:
    encoding = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    if encoding not in ENCODINGS:
        raise UnsafeXml(
            f"{what}: 인코딩 {encoding}은(는) 읽지 않아요. UTF-8로 저장해 주세요.",
            f"{what} is written in {encoding}; save it as UTF-8 (UTF-16, EUC-KR and CP949 are read too).",
        )
