"""Every diagram of the apps opens in the editor that analysts use, without a warning."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
VIEWER = ROOT / "web/assets/node_modules/bpmn-js/dist/bpmn-navigated-viewer.development.js"
DIAGRAMS = sorted((ROOT / "processes").glob("*/*.bpmn"))
OPEN = """async xml => {
    const viewer = new BpmnJS({ container: "#canvas" });
    try {
        const { warnings } = await viewer.importXML(xml);
        const missing = viewer.get("elementRegistry").filter(shape => shape.width === 0 || shape.height === 0);
        return [...warnings.map(warning => warning.message), ...missing.map(shape => shape.id)];
    } finally {
        viewer.destroy();
    }
}"""


@pytest.fixture(scope="module")
def opened(browser: Browser) -> dict[str, list[str]]:
    """What the viewer says of each diagram."""
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.set_content("<div id='canvas' style='width: 1600px; height: 900px'></div>")
    page.add_script_tag(path=str(VIEWER))
    found = {str(file.relative_to(ROOT)): page.evaluate(OPEN, file.read_text()) for file in DIAGRAMS}
    page.close()
    return found


def test_every_diagram_opens_without_a_warning(opened: dict[str, list[str]]) -> None:
    assert len(opened) >= 20
    assert {file: said for file, said in opened.items() if said} == {}
