"""What an incident means, in words for an operator: what happened, and what helps. By the kind of the incident."""

from dataclasses import dataclass

from engine.errors import Text


@dataclass(frozen=True)
class Cause:
    """The cause in a few words, and what an operator can do."""

    title: Text
    help: Text


def of(kind: str) -> Cause:
    """The cause of a kind; kinds that are not ours are error codes of the drawing or of a connector."""
    return KNOWN.get(kind) or Cause({"ko": f"처리되지 않은 오류 {kind}", "en": f"Error {kind} that nothing catches"}, UNKNOWN_HELP)


RETRY = {"ko": "원인을 고친 뒤 다시 시도해 주세요.", "en": "Mend the cause, then retry."}
UNKNOWN_HELP = {
    "ko": "원인을 고친 뒤 다시 시도하거나, 절차 그림에 이 오류를 받는 곳을 그려 주세요.",
    "en": "Mend the cause and retry, or draw where this error is caught.",
}
KNOWN = {
    "RAISED": Cause(
        {"ko": "절차가 운영자에게 알렸어요", "en": "A process asks for an operator"},
        {"ko": "적힌 일을 살펴보고, 다 봤으면 닫아 주세요.", "en": "See to what it says, then close it."},
    ),
    "STUCK": Cause(
        {"ko": "기다리는 일이 없는데 끝나지 않았어요", "en": "Nothing waits here, yet it has not ended"},
        {"ko": "멈춘 요소 앞에서 다시 시작하거나 취소해 주세요.", "en": "Start before the element where it stands, or cancel the instance."},
    ),
    "JOIN_STUCK": Cause(
        {"ko": "갈림길이 올 수 없는 흐름을 기다려요", "en": "A gateway waits for something that can never arrive"},
        {"ko": "빠진 흐름의 요소 앞에서 시작하거나 갈림길 다음에서 시작해 주세요.", "en": "Start before the missing branch, or after the gateway."},
    ),
    "UNSERVED": Cause(
        {"ko": "이 일을 가져가는 외부 작업기가 없어요", "en": "No external worker asks for this job"},
        {"ko": "외부 작업기가 켜져 있고 작업 종류가 같은지 확인해 주세요.", "en": "See that the worker runs and asks for this type of job."},
    ),
    "LEASE_LOST": Cause(
        {"ko": "외부 작업기가 일을 가져간 뒤 소식이 없어요", "en": "An external worker took this job and never reported"},
        {"ko": "외부 작업기를 다시 켜면 같은 열쇠로 다시 가져가요.", "en": "Start the worker again; it gets the job with the same key."},
    ),
    "SUBSCRIBER_STILL": Cause(
        {"ko": "사건을 읽는 쪽이 멈춰 있어요", "en": "A subscriber reads no events"},
        {"ko": "작업기가 켜져 있는지, 브로커에 닿는지 확인해 주세요.", "en": "See that workers run and that the broker can be reached."},
    ),
    "MESSAGE_LAPSED": Cause(
        {"ko": "메시지를 기다리는 곳이 없었어요", "en": "Nobody waited for a message in time"},
        {"ko": "가장 비슷한 키를 확인해 다시 보내거나, 필요 없으면 버려 주세요.", "en": "Send it again to the right key, or discard it."},
    ),
    "MESSAGE_FAILED": Cause({"ko": "메시지를 받은 절차가 이어지지 못했어요", "en": "The instance could not go on with a message"}, RETRY),
    "EVENT_FAILED": Cause(
        {"ko": "앱이 다른 앱의 사건을 처리하지 못했어요", "en": "An app could not take an event of another app"},
        {"ko": "원인을 고치면 스스로 다시 해요. 바로 다시 하거나 건너뛸 수도 있어요.", "en": "It tries again by itself; or retry now, or skip it."},
    ),
    "START_FAILED": Cause({"ko": "정해진 때나 메시지로 시작하지 못했어요", "en": "A process could not be started by its event"}, RETRY),
    "JOB_FAILED": Cause(
        {"ko": "바깥 시스템이 계속 실패했어요", "en": "A call to another system failed again and again"},
        {
            "ko": "바깥 시스템이 돌아오면 다시 시도해 주세요. 같은 열쇠로 가서 두 번 처리되지 않아요.",
            "en": "Retry once it is back; the same key keeps it from being done twice.",
        },
    ),
    "JOB_LOST": Cause(
        {"ko": "작업기가 일을 마치지 못하고 여러 번 사라졌어요", "en": "Workers died with this job again and again"},
        {"ko": "작업기 기록에서 원인을 찾은 뒤 다시 시도해 주세요.", "en": "Find out why from the workers' logs, then retry."},
    ),
    "STEP_FAILED": Cause(
        {"ko": "절차가 여기에서 이어지지 못했어요", "en": "The process cannot go on here"},
        {"ko": "변수나 절차 그림을 고친 뒤 다시 시도해 주세요.", "en": "Mend the variables or the drawing, then retry."},
    ),
    "TOO_LARGE": Cause(
        {"ko": "담을 수 있는 것보다 큰 값이 왔어요", "en": "A value is larger than can be kept"},
        {
            "ko": "적힌 변수를 줄이거나, 절차 그림에서 필요한 부분만 담게 고친 뒤 다시 시도해 주세요.",
            "en": "Make the variable smaller, or let the drawing keep only the part it needs, then retry.",
        },
    ),
    "UNAVAILABLE": Cause({"ko": "바깥 시스템에 닿지 않아요", "en": "Another system cannot be reached"}, RETRY),
    "BAD_ANSWER": Cause(
        {"ko": "바깥 시스템의 답을 쓸 수 없어요", "en": "The answer of another system cannot be used"},
        {"ko": "주소가 맞는지, 답이 256 KB까지의 JSON인지 확인해 주세요.", "en": "See that its address is right and its JSON has at most 256 KB."},
    ),
    "BAD_CALL": Cause(
        {"ko": "바깥 시스템에 보낼 값이 비었거나 쓸 수 없어요", "en": "A value for another system is missing or cannot be sent"},
        {"ko": "경로와 헤더가 쓰는 변수를 채운 뒤 다시 시도해 주세요.", "en": "Fill the variables that the path and headers use, then retry."},
    ),
    "TIMEOUT": Cause({"ko": "바깥 시스템이 제때 답하지 않았어요", "en": "Another system did not answer in time"}, RETRY),
    "DECLINED": Cause(
        {"ko": "바깥 시스템이 거절했어요", "en": "Another system declined"},
        {"ko": "보낸 내용을 확인해 주세요. 그대로 다시 보내면 또 거절돼요.", "en": "Look at what was sent: the same again is declined again."},
    ),
}
