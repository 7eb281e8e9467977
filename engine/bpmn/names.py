"""Names with blanks in them ("Current Vacation Status"): FEEL can only read them where they are known, so they are collected from the file."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from lxml import etree

NAMED: Final = frozenset({"dataObject", "dataObjectReference", "dataStoreReference", "dataInput", "dataOutput", "property"})
ATTRIBUTES: Final = ("target", "resultVariable", "inputElement", "outputCollection")
MAX_NAMES: Final = 100
_PLAIN: Final = re.compile(r"[^\W\d]\w*")
_WORD: Final = re.compile(r"\w+")
_FORM_KEY: Final = re.compile(r'"key"\s*:\s*"([^"]+)"')


def names_in(root: etree._Element) -> frozenset[str]:
    """The names that a drawing gives to data (objects, inputs and outputs, mapping targets, results, fields of its forms) and that are no
    single word; the first hundred, because every one of them makes every expression dearer to read."""
    found = (part for name in _names(root) for part in name.split(".") if part and not _PLAIN.fullmatch(part))
    return frozenset(islice(dict.fromkeys(found), MAX_NAMES))


def occurring(names: Collection[str], text: str) -> frozenset[str]:
    """Those of the names whose words all stand in the text; reading it needs no others."""
    if not names:
        return frozenset()
    words = _words(text)
    return frozenset(name for name in names if _words_of_name(name) <= words)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


_words_of_name = lru_cache(maxsize=4096)(_words)


def _names(root: etree._Element) -> Iterator[str]:
    for xml in root.iter("{*}*"):
        kind = etree.QName(xml).localname
        if kind in NAMED:
            yield str(xml.get("name") or "").strip()
        elif kind in ("input", "output", "script", "calledDecision", "loopCharacteristics"):
            yield from (str(xml.get(name) or "").strip() for name in ATTRIBUTES)
        elif kind == "userTaskForm":
            yield from _FORM_KEY.findall(xml.text or "")
