"""The bounds of one evaluation. Steps are counted where work repeats (loops, calls, lists, long strings), so short conditions pay nothing."""

from engine.feel.errors import FeelLimitError

MAX_TEXT = 16_384  # characters of an expression
MAX_NESTING = 100  # expressions inside expressions
MAX_CALLS = 100  # functions inside functions
MAX_STEPS = 250_000  # parts of an expression evaluated in loops and calls
MAX_SECONDS = 0.05  # processor time of the thread
MAX_LIST = 100_000  # items of a list or a range that is walked
MAX_STRING = 262_144  # characters
MAX_DIGITS = 34  # decimal digits of a number (DMN 1.5, 10.3.2.3.1)
MAX_PATTERN = 1_000  # characters of a regular expression
MAX_JSON = 250_000  # values in one result


def too_nested(expression: str) -> FeelLimitError:
    """The error for an expression nested deeper than the bound."""
    return FeelLimitError(f"nested more than {MAX_NESTING} levels deep", f"{MAX_NESTING}단계보다 깊게 겹쳤어요.", expression)


def too_deep(expression: str) -> FeelLimitError:
    """The error for functions that call each other past the bound."""
    return FeelLimitError(f"functions call each other more than {MAX_CALLS} levels deep", f"함수 호출이 {MAX_CALLS}단계를 넘었어요.", expression)


def too_long(expression: str) -> FeelLimitError:
    """The error for an expression whose text is too long."""
    return FeelLimitError(f"longer than {MAX_TEXT} characters", f"식이 {MAX_TEXT}자보다 길어요.", expression)


def too_much(expression: str) -> FeelLimitError:
    """The error for too many steps or too much time."""
    return FeelLimitError("takes too many steps", "계산이 너무 오래 걸려요.", expression)


def too_many_items(expression: str) -> FeelLimitError:
    """The error for a list or range with too many items."""
    return FeelLimitError(f"makes a list of more than {MAX_LIST} items", f"목록이 {MAX_LIST}개를 넘어요.", expression)


def too_many_characters(expression: str) -> FeelLimitError:
    """The error for a string that grew too long."""
    return FeelLimitError(f"makes a text of more than {MAX_STRING} characters", f"글이 {MAX_STRING}자를 넘어요.", expression)
