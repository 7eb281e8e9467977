"""The main job from end to end, in Korean, through real windows: once with the pages' scripts and once without."""

from datetime import datetime

from engine.clock import KST
from tests.browser.people import Agent, Customer, Technician
from tests.service import Service


def bring_to_technician(kim: Customer, lee: Agent) -> str:
    """Kim applies, Lee receives and assigns; the number."""
    number, _ = kim.apply()
    lee.take_up("가입신청 접수", number)
    lee.press("접수하기")
    lee.heading("설치기사 배정")
    lee.sees(f"‘가입신청 접수’ {number} 업무를 끝냈어요.")
    lee.choose("박기사")
    lee.press("끝내기")
    lee.sees(f"‘설치기사 배정’ {number} 업무를 끝냈어요.")
    return number


def accept(park: Technician, number: str) -> None:
    """Park takes the visit; the installation opens by itself."""
    park.take_up("설치요청 접수", number)
    park.press("갈 수 있어요")
    park.heading("방문 출발")


def install(park: Technician, day: str, number: str) -> None:
    """Park sets out on the day of the visit, arrives and installs."""
    park.stop("방문 출발", number, day)
    park.press("출발하기")
    park.heading("현장 도착")
    park.press("도착했어요")
    park.heading("설치완료 처리")
    park.fill("모뎀 일련번호", "MDM20260001")
    park.fill("셋톱박스 일련번호", "STB20260001")
    park.fill("측정속도", "480")
    park.choose("TV 채널이 모두 나와요")
    park.fill("확인한 고객 이름", "김고객")
    park.press("설치 끝")
    park.sees(f"‘설치완료 처리’ {number} 업무를 끝냈어요.")


def finish(lee: Agent, number: str) -> None:
    """Lee completes the subscription."""
    lee.take_up("가입완료 처리", number)
    lee.fill("과금 시작일", datetime.now(KST).date().isoformat())
    lee.press("가입 완료하기")
    lee.sees(f"‘가입완료 처리’ {number} 업무를 끝냈어요.")


def test_from_the_application_to_the_active_subscription(kim: Customer, lee: Agent, park: Technician, service: Service) -> None:
    number = bring_to_technician(kim, lee)
    kim.looks_until("방문을 준비하고 있어요")
    accept(park, number)
    kim.looks_until("박기사 기사님이")
    install(park, kim.day, number)
    kim.looks_until("설치가 완료됐어요")
    finish(lee, number)
    kim.looks_until("가입이 완료됐어요")
    kim.does_not_see("김고객")
    kim.does_not_see("01012345678")
    lee.open(f"/cases?q={number}")
    lee.sees("가입완료")
    assert any(number in text["text"] for text in service.received())


def test_a_cancellation_that_the_technician_allows(kim: Customer, lee: Agent, park: Technician) -> None:
    number = bring_to_technician(kim, lee)
    accept(park, number)
    kim.cancel()
    kim.looks_until("취소 요청을 확인하고 있어요")
    lee.take_up_from_case("취소신청 접수", "iptv", number)
    lee.press("취소 접수하기")
    lee.sees("‘취소신청 접수’")
    park.open("/tasks?tab=mine")
    cancellation = park.page.locator("li.t", has=park.page.get_by_role("link", name="취소가능 여부 회신", exact=True)).last
    cancellation.get_by_role("link").first.click()
    park.heading("취소가능 여부 회신")
    park.press("취소할 수 있어요")
    park.sees("‘취소가능 여부 회신’")
    kim.looks_until("취소가 완료됐어요")
    park.open(f"/tasks?tab=all&q={number}")
    park.does_not_see("설치완료 처리")


def test_a_cancellation_that_comes_after_the_installation_was_finished(kim: Customer, lee: Agent, park: Technician) -> None:
    number = bring_to_technician(kim, lee)
    accept(park, number)
    kim.cancel()
    kim.looks_until("취소 요청을 확인하고 있어요")
    lee.take_up_from_case("취소신청 접수", "iptv", number)
    lee.press("취소 접수하기")
    lee.sees("‘취소신청 접수’")
    install(park, kim.day, number)
    kim.looks_until("설치가 완료됐어요")
    kim.open(f"{kim.tracking}/cancel")
    kim.sees("이미 설치가 끝나 취소할 수 없어요")
    finish(lee, number)
    kim.looks_until("가입이 완료됐어요")
