"""The apps: what is live against what stands in the folder, and the partners that they call."""

from collections.abc import Iterator

from sqlalchemy import select

from engine import apps
from engine.doctor.finding import Finding, fault
from engine.errors import BatonError
from engine.runtime.reader import Reader
from engine.store.tables import Deployment


def live(read: Reader) -> Iterator[Finding]:
    """Live versions that differ from the folder, or cannot be loaded."""
    there = apps.keys(read.settings.apps)
    live = {row.app: row.digest for row in read.all(select(Deployment.app, Deployment.digest).where(Deployment.live.is_(True)))}
    for key in there:
        if live.get(key) != apps.digest(apps.read(read.settings.apps, key)):
            yield fault(
                "apps",
                f"폴더의 {key}이(가) 운영 중인 버전과 달라요.",
                f"{key} in the apps folder is not what is live",
                f"새 파일이 맞으면 `baton deploy processes/{key}`를 실행해 주세요.",
                f"if the files are right, run `baton deploy processes/{key}`",
                "warning",
            )
    for key in sorted(live):
        try:
            read.live(key)
        except BatonError as error:
            yield fault(
                "definitions",
                f"운영 중인 {key}을(를) 불러올 수 없어요: {error}",
                f"the live version of {key} cannot be loaded: {error}",
                "고쳐서 다시 배포해 주세요.",
                "mend and deploy it again",
            )


def addresses(read: Reader) -> Iterator[Finding]:
    """Partners without an address."""
    for row in read.all(select(Deployment.app).where(Deployment.live.is_(True)).order_by(Deployment.app)):
        try:
            app = read.live(row.app)[1]
        except BatonError:
            continue
        called = {element.headers.get("partner", "") for process in app.model.processes.values() for element in process.elements.values()}
        for name in sorted(called - read.settings.partners.keys() - {""}):
            yield fault(
                "partners",
                f"{row.app}이(가) 부르는 {name}의 주소가 없어요.",
                f"{row.app} calls {name}, which has no address",
                f"BATON_PARTNERS에 {name}의 주소를 적어 주세요.",
                f"give {name} an address in BATON_PARTNERS",
            )
