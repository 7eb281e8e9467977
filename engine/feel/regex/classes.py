"""Characters and classes of characters (XML Schema Part 2, appendix F)."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from engine.feel.errors import Null

Test = Callable[[str], bool]

# Unicode blocks by the names that XML Schema gives them.
_BLOCKS = {
    "BasicLatin": (0x0, 0x7F), "Latin-1Supplement": (0x80, 0xFF), "LatinExtended-A": (0x100, 0x17F), "LatinExtended-B": (0x180, 0x24F),
    "IPAExtensions": (0x250, 0x2AF), "SpacingModifierLetters": (0x2B0, 0x2FF), "CombiningDiacriticalMarks": (0x300, 0x36F),
    "Greek": (0x370, 0x3FF), "GreekandCoptic": (0x370, 0x3FF), "Cyrillic": (0x400, 0x4FF), "Armenian": (0x530, 0x58F), "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF), "Syriac": (0x700, 0x74F), "Thaana": (0x780, 0x7BF), "Devanagari": (0x900, 0x97F), "Bengali": (0x980, 0x9FF),
    "Gurmukhi": (0xA00, 0xA7F), "Gujarati": (0xA80, 0xAFF), "Oriya": (0xB00, 0xB7F), "Tamil": (0xB80, 0xBFF), "Telugu": (0xC00, 0xC7F),
    "Kannada": (0xC80, 0xCFF), "Malayalam": (0xD00, 0xD7F), "Sinhala": (0xD80, 0xDFF), "Thai": (0xE00, 0xE7F), "Lao": (0xE80, 0xEFF),
    "Tibetan": (0xF00, 0xFFF), "Myanmar": (0x1000, 0x109F), "Georgian": (0x10A0, 0x10FF), "HangulJamo": (0x1100, 0x11FF),
    "Ethiopic": (0x1200, 0x137F), "Cherokee": (0x13A0, 0x13FF), "UnifiedCanadianAboriginalSyllabics": (0x1400, 0x167F), "Ogham": (0x1680, 0x169F),
    "Runic": (0x16A0, 0x16FF), "Khmer": (0x1780, 0x17FF), "Mongolian": (0x1800, 0x18AF), "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF), "GeneralPunctuation": (0x2000, 0x206F), "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF), "CombiningMarksforSymbols": (0x20D0, 0x20FF), "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F), "Arrows": (0x2190, 0x21FF), "MathematicalOperators": (0x2200, 0x22FF),
    "MiscellaneousTechnical": (0x2300, 0x23FF),
    "ControlPictures": (0x2400, 0x243F), "OpticalCharacterRecognition": (0x2440, 0x245F), "EnclosedAlphanumerics": (0x2460, 0x24FF),
    "BoxDrawing": (0x2500, 0x257F), "BlockElements": (0x2580, 0x259F), "GeometricShapes": (0x25A0, 0x25FF), "MiscellaneousSymbols": (0x2600, 0x26FF),
    "Dingbats": (0x2700, 0x27BF), "BraillePatterns": (0x2800, 0x28FF), "CJKRadicalsSupplement": (0x2E80, 0x2EFF), "KangxiRadicals": (0x2F00, 0x2FDF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F), "Hiragana": (0x3040, 0x309F), "Katakana": (0x30A0, 0x30FF), "Bopomofo": (0x3100, 0x312F),
    "HangulCompatibilityJamo": (0x3130, 0x318F), "Kanbun": (0x3190, 0x319F), "EnclosedCJKLettersandMonths": (0x3200, 0x32FF),
    "CJKCompatibility": (0x3300, 0x33FF), "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF), "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "YiSyllables": (0xA000, 0xA48F), "YiRadicals": (0xA490, 0xA4CF), "HangulSyllables": (0xAC00, 0xD7AF), "PrivateUse": (0xE000, 0xF8FF),
    "CJKCompatibilityIdeographs": (0xF900, 0xFAFF), "AlphabeticPresentationForms": (0xFB00, 0xFB4F), "ArabicPresentationForms-A": (0xFB50, 0xFDFF),
    "CombiningHalfMarks": (0xFE20, 0xFE2F), "CJKCompatibilityForms": (0xFE30, 0xFE4F), "SmallFormVariants": (0xFE50, 0xFE6F),
    "ArabicPresentationForms-B": (0xFE70, 0xFEFE), "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF), "Specials": (0xFFF0, 0xFFFD),
}  # fmt: skip
_CATEGORIES = frozenset(
    ("L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po")
    + ("Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn")
)


def literal(char: str, ignore_case: bool) -> Test:
    """That character, or one that differs only in case."""
    if not ignore_case:
        return lambda other: other == char
    variants = _variants(char)
    return lambda other: other in variants or not variants.isdisjoint(_variants(other))


@lru_cache(maxsize=4096)
def _variants(char: str) -> frozenset[str]:
    cases = {char, char.lower(), char.upper(), char.upper().lower(), char.lower().upper()}
    return frozenset(case for case in cases if len(case) == 1)


def same_ignoring_case(left: str, right: str) -> bool:
    """Whether two texts differ only in case."""
    return len(left) == len(right) and all(not _variants(a).isdisjoint(_variants(b)) for a, b in zip(left, right, strict=True))


def span(first: str, last: str, ignore_case: bool) -> Test:
    """A range of characters."""
    if not ignore_case:
        return lambda other: first <= other <= last
    return lambda other: any(first <= variant <= last for variant in _variants(other))


def anything(char: str) -> bool:
    """`.` where lines do not matter."""
    return True


def not_line_end(char: str) -> bool:
    """`.` within a line."""
    return char not in "\n\r"


def escape(letter: str) -> Test | None:
    """`\\s`, `\\d`, `\\w`, `\\i`, `\\c` and, in capitals, their opposites; None for any other letter."""
    test = _ESCAPES.get(letter.lower())
    if test is None:
        return None
    return test if letter.islower() else opposite(test)


def opposite(test: Test) -> Test:
    """Every other character."""
    return lambda char: not test(char)


def category(name: str) -> Test:
    """`\\p{Lu}` or `\\p{IsBasicLatin}`; raises Null for names that there are not."""
    if name in _CATEGORIES:
        return lambda char: unicodedata.category(char).startswith(name)
    block = _BLOCKS.get(name[2:]) if name.startswith("Is") else None
    if block is None:
        raise Null(f"the pattern has no category '{name}'", f"패턴의 '{name}' 분류가 없어요.")
    first, last = block
    return lambda char: first <= ord(char) <= last


def _word(char: str) -> bool:
    return unicodedata.category(char)[0] not in "PZC"


def _name_start(char: str) -> bool:
    return char in "_:" or unicodedata.category(char)[0] == "L" or unicodedata.category(char) == "Nl"


def _name_part(char: str) -> bool:
    return _name_start(char) or char in "-.\u00b7" or unicodedata.category(char) in ("Nd", "Mc", "Mn", "Me", "Lm")


_ESCAPES: dict[str, Test] = {
    "s": lambda char: char in " \t\n\r",
    "d": lambda char: unicodedata.category(char) == "Nd",
    "w": _word,
    "i": _name_start,
    "c": _name_part,
}
