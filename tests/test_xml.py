"""XML from strangers: read when it is plain, refused with a sentence when it is not."""

import pytest

from engine.errors import BatonError
from engine.findings import Finding
from engine.xml import MAX_BYTES, UnsafeXml, parse_xml


def refusal(data: bytes) -> UnsafeXml:
    with pytest.raises(UnsafeXml) as caught:
        parse_xml(data, "price.dmn")
    assert "price.dmn" in str(caught.value) and "price.dmn" in caught.value.ko
    return caught.value


def test_a_plain_file_is_read_without_its_comments_and_instructions():
    root = parse_xml(b"<?xml version='1.0'?><a><!-- note --><?run me?><b/></a>", "price.dmn")
    assert [child.tag for child in root] == ["b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "euc-kr", "cp949"])
def test_korean_is_read_in_the_encodings_that_korean_tools_write(encoding: str):
    data = f"<?xml version='1.0' encoding='{encoding}'?><a name='요금표'/>".encode(encoding)
    assert parse_xml(data, "price.dmn").get("name") == "요금표"


def test_a_file_of_more_than_two_megabytes_is_refused_before_it_is_parsed():
    assert "2,000,000" in refusal(b"<" * (MAX_BYTES + 1)).en


def test_a_doctype_is_refused_even_when_it_is_empty():
    assert "DOCTYPE" in refusal(b"<!DOCTYPE a><a/>").en


def test_an_external_entity_is_never_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    refusal(f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><a>&x;</a>'.encode())


def test_entities_that_grow_are_refused():
    layers = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    refusal(f'<!DOCTYPE a [<!ENTITY e0 "xxxxxxxxxx">{layers}]><a b="&e8;">&e8;</a>'.encode())


@pytest.mark.parametrize("encoding", ["utf-7", "iso-8859-1", "utf-32", "shift_jis"])
def test_other_encodings_are_refused(encoding: str):
    refusal(f"<?xml version='1.0' encoding='{encoding}'?><a/>".encode(encoding))


def test_a_broken_file_is_refused_with_its_line():
    assert refusal(b"<a>\n<b>\n</a>").line == 3


@pytest.mark.parametrize("data", [b"", b"\x00", b"not xml", b"<a>\x00</a>", b"<a/><b/>", b"<a>" * 100_000], ids=range(6))
def test_what_is_no_xml_at_all_is_refused(data: bytes):
    assert isinstance(refusal(data), BatonError)


def test_a_finding_speaks_korean_and_english():
    finding = Finding("price.dmn", "Decision_1", "dmn.gap", "warning", "빈틈이 있어요", "has a gap", "규칙을 더해 주세요", "add a rule")
    assert finding.as_dict() == {
        "file": "price.dmn",
        "element": "Decision_1",
        "rule": "dmn.gap",
        "level": "warning",
        "message": "has a gap",
        "mend": "add a rule",
    }
    assert finding.as_dict("ko")["message"] == "빈틈이 있어요"
