"""What a person reads next to a field that is not right: friendly, exact, in both languages."""

from engine.errors import Text
from engine.texts import particle, pick


def say(ko: str, en: str) -> Text:
    """A text in both languages."""
    return {"ko": ko, "en": en}


def required(label: Text, how: str = "write") -> Text:
    """The field is empty: `how` is "write", "choose" or "tick"."""
    if how == "tick":
        return TICK
    ko, en, one_ko, one_en = ASKED[how]
    name_ko, name_en = pick(label, "ko"), pick(label, "en")
    # A label may be a whole sentence ("어떤 상품을 쓰고 싶으세요?"), which takes no particle.
    sentence = not name_ko or name_ko.endswith(("?", ".", "요", "다"))
    return say(
        one_ko if sentence else f"{particle(name_ko, '을/를')} {ko} 주세요.", one_en if name_en.endswith("?") or not name_en else f"{en}: {name_en}."
    )


def too_long(most: int) -> Text:
    """More characters than allowed."""
    return say(f"{most:,}자 이내로 적어 주세요.", f"Please use at most {most:,} characters.")


def too_short(least: int) -> Text:
    """Fewer characters than needed."""
    return say(f"{least:,}자 이상 적어 주세요.", f"Please use at least {least:,} characters.")


def too_small(least: object) -> Text:
    """A number under its bound."""
    return say(f"{least} 이상으로 적어 주세요.", f"Please enter {least} or more.")


def too_big(most: object) -> Text:
    """A number over its bound."""
    return say(f"{most} 이하로 적어 주세요.", f"Please enter {most} or less.")


def too_few(least: int) -> Text:
    """Fewer entries than needed."""
    return say(f"{least}개 이상 골라 주세요.", f"Please choose at least {least}.")


def too_many(most: int) -> Text:
    """More entries than allowed."""
    return say(f"{most}개까지만 고를 수 있어요.", f"You can choose at most {most}.")


ASKED = {
    "write": ("적어", "Please fill in", "이 칸을 적어 주세요.", "Please fill in this field."),
    "choose": ("골라", "Please choose", "하나를 골라 주세요.", "Please choose one."),
}
TICK = say("읽고 표시해 주세요.", "Please read this and tick it.")
NOT_TEXT = say("글자로 적어 주세요.", "Please enter text.")
CONTROL = say("쓸 수 없는 특수 문자가 들어 있어요. 지우고 다시 적어 주세요.", "There is a character that cannot be used here; remove it.")
NAME = say("이름은 1~50자로 적어 주세요.", "Please enter a name of 1 to 50 characters.")
MOBILE = say(
    "휴대폰 번호는 010으로 시작하는 10~11자리 숫자로 적어 주세요.",
    "Please enter the mobile number as 10 or 11 digits, beginning with 010 (or 011, 016 to 019).",
)
PHONE = say("전화번호는 숫자 7~15자리로 적어 주세요.", "Please enter the phone number as 7 to 15 digits.")
EMAIL = say("이메일은 name@example.com 모양으로 적어 주세요.", "Please enter the e-mail address as name@example.com.")
POSTCODE = say("우편번호는 숫자 5자리로 적어 주세요.", "Please enter the postcode as 5 digits.")
DATE = say("날짜는 2026-12-03처럼 적어 주세요.", "Please enter the date as 2026-12-03.")
TIME = say("시간은 14:30처럼 적어 주세요.", "Please enter the time as 14:30.")
DATETIME = say("날짜와 시간은 2026-12-03 14:30처럼 적어 주세요.", "Please enter date and time as 2026-12-03 14:30.")
PAST = say("오늘이나 그 뒤의 날짜를 골라 주세요.", "Please choose today or a later date.")
WHOLE = say("소수점 없는 숫자로 적어 주세요.", "Please enter a whole number.")
NUMBER = say("숫자로 적어 주세요.", "Please enter a number.")
WON = say("금액은 0 이상의 원 단위 숫자로 적어 주세요.", "Please enter the amount in whole won, 0 or more.")
YES_NO = say("예 또는 아니요로 답해 주세요.", "Please answer yes or no.")
CHOICE = {**say("목록에 있는 것 중에서 골라 주세요.", "Please choose one from the list."), "code": "UNKNOWN"}
TAKEN = say("방금 고를 수 없게 되었어요. 다른 것을 골라 주세요.", "This has just become unavailable; please choose another.")
PATTERN = say("적는 모양이 맞지 않아요. 안내를 보고 다시 적어 주세요.", "The format is not right; please follow the hint.")
LIST = say("여러 개를 고르는 칸이에요. 목록으로 보내 주세요.", "A list is expected here.")
TOO_DEEP = say("내용이 너무 깊거나 커요. 나누어 보내 주세요.", "This is nested too deeply or too large; please split it.")
NOT_JSON = say("읽을 수 없는 값이에요.", "This value cannot be read.")
FILE = say("파일을 다시 골라 주세요.", "Please choose the file again.")
FILE_KIND = say("여기에는 이 종류의 파일을 붙일 수 없어요.", "This kind of file cannot be attached here.")
BAD_FILES = {
    "TYPE": say("PDF, PNG, JPEG, 글자(TXT) 파일만 붙일 수 있어요.", "Only PDF, PNG, JPEG and text (TXT) files can be attached."),
    "SIZE": say("파일 하나는 5 MB까지예요. 더 작은 파일을 골라 주세요.", "A file may have up to 5 MB. Please choose a smaller one."),
    "EMPTY": say("빈 파일이에요. 다른 파일을 골라 주세요.", "The file is empty. Please choose another."),
}
HIDDEN_KEY = say("밑줄(_)로 시작하는 이름은 보낼 수 없어요.", "Names beginning with an underscore (_) cannot be sent.")


def taken(code: str = "") -> Text:
    """What was chosen can be chosen no longer; `code` is what the app calls that."""
    return {**TAKEN, "code": code or "TAKEN"}


def too_many_files(most: int) -> Text:
    """More files than a field takes."""
    return say(f"파일은 {most}개까지 붙일 수 있어요.", f"Attach {most} files or fewer.")
