"""From the files of an app to a ProcessApp: every file is read, everything wrong is found."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from engine import bpmn, dmn
from engine.apps import references
from engine.apps.facts import facts_of_processes, make_fact, subjects_of_processes
from engine.apps.files import digest, named
from engine.apps.known import known
from engine.apps.list_forms import list_forms
from engine.apps.manifest import Manifest, read_manifest
from engine.apps.model import Notification, ProcessApp, Tracking
from engine.apps.reading import plain, read_toml
from engine.apps.records import Records, read_records
from engine.apps.texts import read_checks, read_notifications, read_tracking
from engine.bpmn.lint import lint as lint_drawings
from engine.errors import Refused
from engine.findings import Finding
from engine.forms import Form, compile_form
from engine.forms.problems import Problems
from engine.xml import UnsafeXml

TOML = ("app.toml", "records.toml", "checks.toml", "tracking.toml", "notifications.toml", "seed.toml")


class AppRefused(Refused):
    """An app that cannot run as it is; `findings` says for each mistake why and how to mend it."""

    def __init__(self, key: str, findings: list[Finding]) -> None:
        errors = [finding for finding in findings if finding.level == "error"]
        first = f"{errors[0].file} {errors[0].element}: {errors[0].en}" if errors else ""
        super().__init__(
            "APP_REFUSED",
            {"ko": f"{key}: 고칠 것이 {len(errors)}개 있어요.", "en": f"{key}: {len(errors)} things to mend, the first: {first}"},
            422,
            {"findings": [finding.as_dict() for finding in findings]},
        )
        self.findings = findings


def load(key: str, files: Mapping[str, bytes]) -> ProcessApp:
    """The app, ready to run. Raises AppRefused with all findings when there is any error among them."""
    app, findings = build(key, files)
    if app is None:
        raise AppRefused(key, findings)
    return app


def lint(key: str, files: Mapping[str, bytes]) -> list[Finding]:
    """Everything that is wrong (errors) or could be better (warnings) in the files of an app."""
    return build(key, files)[1]


def build(key: str, files: Mapping[str, bytes]) -> tuple[ProcessApp | None, list[Finding]]:
    """The app (None when there are errors) and all findings, errors first."""
    builder = _Builder(key, files)
    app = builder.build()
    order = {"error": 0, "warning": 1}
    findings = sorted(dict.fromkeys(builder.problems.found), key=lambda finding: (order[finding.level], finding.file))
    return (app if not builder.problems.errors else None), findings


class _Builder:
    def __init__(self, key: str, files: Mapping[str, bytes]) -> None:
        self.key = key
        self.files = files
        self.home = f"processes/{key}"
        self.problems = Problems()

    def build(self) -> ProcessApp | None:
        manifest = self._manifest()
        self._strangers()
        records = read_records(self._name("records.toml"), self._bytes("records.toml"), self.problems)
        decisions = self._decisions()
        forms = self._forms() | list_forms(self._name("records.toml"), records.lists, records.records, self.problems)
        notifications = read_notifications(self._name("notifications.toml"), self._bytes("notifications.toml"), self.problems)
        model, refusals = self._model()
        if model is not None:
            self._embedded(model, forms)
        around = known(manifest, records, decisions, forms, model.processes if model else None)
        drawn = lint_drawings(self._diagrams(), around)
        self.problems.found += drawn
        if model is None:
            said = {(finding.file, finding.element) for finding in drawn if finding.level == "error"}
            self.problems.found += [finding for finding in refusals if (finding.file, finding.element) not in said]
            return None
        app = self._app(manifest, records, decisions, forms, notifications, model)
        references.check(app, self.problems)
        return app

    def _app(
        self,
        manifest: Manifest,
        records: Records,
        decisions: dict[str, dmn.Model],
        forms: dict[str, Form],
        notifications: dict[str, Notification],
        model: bpmn.Model,
    ) -> ProcessApp:
        def fact(file: str, element: str, path: str) -> Any:
            return make_fact(records.records, file, element, path, self.problems)

        has_tracking = self._name("tracking.toml") in self.files
        tracking = read_tracking(self._name("tracking.toml"), self._bytes("tracking.toml"), self.problems, fact) if has_tracking else Tracking()
        return ProcessApp(
            key=self.key,
            digest=digest(self.files),
            files=MappingProxyType(dict(self.files)),
            title=manifest.title,
            description=manifest.description,
            domain=manifest.domain,
            roles=MappingProxyType(manifest.roles),
            doors=MappingProxyType(manifest.doors),
            actions=MappingProxyType(manifest.actions),
            listeners=manifest.listeners,
            errors=MappingProxyType(manifest.errors),
            settings=MappingProxyType(manifest.settings),
            calendar=manifest.calendar,
            retention=manifest.retention,
            coverage=manifest.coverage,
            model=model,
            decisions=MappingProxyType(decisions),
            forms=MappingProxyType(forms),
            records=MappingProxyType(records.records),
            capacities=MappingProxyType(records.capacities),
            choices=MappingProxyType(records.choices),
            lists=MappingProxyType(records.lists),
            checks=MappingProxyType(read_checks(self._name("checks.toml"), self._bytes("checks.toml"), self.problems)),
            tracking=tracking,
            notifications=MappingProxyType(notifications),
            seed=MappingProxyType(plain(read_toml(self._name("seed.toml"), self._bytes("seed.toml"), self.problems) or {})),
            subjects=MappingProxyType(subjects_of_processes(model, self.problems)),
            process_facts=MappingProxyType(facts_of_processes(model, records.records, self.problems)),
        )

    def _name(self, file: str) -> str:
        return f"{self.home}/{file}"

    def _bytes(self, file: str) -> bytes:
        return self.files.get(self._name(file), b"")

    def _manifest(self) -> Manifest:
        if self._name("app.toml") in self.files:
            return read_manifest(self._name("app.toml"), self._bytes("app.toml"), self.problems)
        mend = {
            "ko": 'title = { ko = "...", en = "..." }로 시작하는 app.toml을 만들어 주세요.',
            "en": 'Make app.toml, beginning with title = { ko = "...", en = "..." }.',
        }
        self.problems.note(self._name("app.toml"), "", "file-missing", {"ko": "app.toml이 없어요.", "en": "There is no app.toml."}, mend)
        return Manifest()

    def _strangers(self) -> None:
        for name in named(self.files, ".toml"):
            if PurePosixPath(name).parent.as_posix() == self.home and PurePosixPath(name).name not in TOML:
                mend = {"ko": f"쓸 수 있는 이름: {', '.join(TOML)}", "en": f"Use one of: {', '.join(TOML)}"}
                self.problems.note(name, "", "unknown-file", {"ko": "모르는 TOML 파일이에요.", "en": "No file of an app has this name."}, mend)

    def _decisions(self) -> dict[str, dmn.Model]:
        found: dict[str, dmn.Model] = {}
        names = named(self.files, ".dmn")
        for name in names:
            self.problems.found += dmn.lint(name, self.files[name], self._imports)
            try:
                model = dmn.parse(self.files[name], self._imports, file=name)
            except (dmn.DmnError, UnsafeXml):
                continue
            for identity in model.decisions:
                if identity in found:
                    mend = {"ko": "결정의 ID를 바꿔 주세요.", "en": "Rename one of the decisions."}
                    text = {"ko": f"결정 {identity}이(가) 다른 파일에도 있어요.", "en": f"The decision {identity} stands in another file too."}
                    self.problems.note(name, identity, "decision-twice", text, mend)
                found[identity] = model
        return found

    @cached_property
    def _imports(self) -> Callable[[str], bytes | None]:
        by_name = {PurePosixPath(name).name: self.files[name] for name in named(self.files, ".dmn")}
        by_namespace = {dmn_namespace: data for data in by_name.values() if (dmn_namespace := _namespace(data))}
        return lambda reference: by_namespace.get(reference) or by_name.get(PurePosixPath(reference).name)

    def _forms(self) -> dict[str, Form]:
        found: dict[str, Form] = {}
        for name in named(self.files, ".form"):
            identity = PurePosixPath(name).stem
            form = compile_form(identity, name, self.files[name], self.problems)
            if form is not None:
                found[identity] = form
        return found

    def _diagrams(self) -> dict[str, bytes]:
        return {name: self.files[name] for name in named(self.files, ".bpmn")}

    def _model(self) -> tuple[bpmn.Model | None, list[Finding]]:
        try:
            return bpmn.parse(self._diagrams()), []
        except bpmn.ModelRefused as refused:
            return None, refused.findings
        except UnsafeXml as error:
            mend = "모델러에서 다시 저장해 주세요.", "Save it again from the modeler."
            return None, [Finding(self.home, "", "xml", "error", error.ko, str(error), *mend)]

    def _embedded(self, model: bpmn.Model, forms: dict[str, Form]) -> None:
        for process in model.processes.values():
            for element in process.elements.values():
                if element.embedded_form:
                    identity = element.form or element.id
                    self._unlike_file(process.file, element.id, identity, element.embedded_form)
                    form = compile_form(identity, f"{process.file}#{element.id}", element.embedded_form, self.problems)
                    if form is not None:
                        forms[identity] = form

    def _unlike_file(self, file: str, element: str, identity: str, embedded: bytes) -> None:
        """Two different forms of one id cannot both be meant."""
        name = f"forms/{self.key}/{identity}.form"
        if name not in self.files or self.files[name].strip() == embedded.strip():
            return
        text = {
            "ko": f"양식 {identity}이(가) 그림 안에도 있고 {name}에도 있는데, 내용이 달라요.",
            "en": f"The form {identity} stands in the diagram and in {name}, and they differ.",
        }
        mend = {"ko": "하나만 남기거나 ID를 바꿔 주세요.", "en": "Keep one of them, or rename one."}
        self.problems.note(file, element, "form-twice", text, mend)


def _namespace(data: bytes) -> str:
    try:
        return dmn.parse(data).definitions.namespace
    except (dmn.DmnError, UnsafeXml):
        return ""
