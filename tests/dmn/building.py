"""DMN files for tests, as short texts."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"
POLICIES = {"U": "UNIQUE", "A": "ANY", "P": "PRIORITY", "F": "FIRST", "R": "RULE ORDER", "O": "OUTPUT ORDER", "C": "COLLECT"}
AGGREGATIONS = {"+": "SUM", "<": "MIN", ">": "MAX", "#": "COUNT"}


def file(*elements: str, namespace: str = "https://baton.example/test", dmn: str = DMN) -> bytes:
    """A whole file with these elements."""
    return f'<definitions xmlns="{dmn}" id="d" name="test" namespace="{namespace}">{"".join(elements)}</definitions>'.encode()


def text(value: str) -> str:
    return f"<text>{escape(value)}</text>"


def literal(value: str, type_ref: str = "") -> str:
    typed = f" typeRef={quoteattr(type_ref)}" if type_ref else ""
    return f"<literalExpression{typed}>{text(value)}</literalExpression>"


def input_data(name: str, type_ref: str = "") -> str:
    typed = f" typeRef={quoteattr(type_ref)}" if type_ref else ""
    return f'<inputData id="in_{name}" name={quoteattr(name)}><variable name={quoteattr(name)}{typed}/></inputData>'


def decision(name: str, logic: str, requires: Sequence[str] = (), type_ref: str = "", identifier: str = "") -> str:
    """A decision; `requires` are hrefs: `in_x` input data, `dec_x` decisions, `bkm_x` knowledge models and services."""
    typed = f" typeRef={quoteattr(type_ref)}" if type_ref else ""
    return (
        f'<decision id="{identifier or "dec_" + name}" name={quoteattr(name)}><variable name={quoteattr(name)}{typed}/>'
        f"{''.join(map(requirement, requires))}{logic}</decision>"
    )


def requirement(href: str) -> str:
    kind = href.rpartition("#")[2].split("_")[0]
    outer, inner = {
        "in": ("informationRequirement", "requiredInput"),
        "dec": ("informationRequirement", "requiredDecision"),
        "bkm": ("knowledgeRequirement", "requiredKnowledge"),
    }[kind]
    return f'<{outer}><{inner} href="{href if "#" in href else "#" + href}"/></{outer}>'


def knowledge_model(name: str, parameters: Mapping[str, str], logic: str, requires: Sequence[str] = ()) -> str:
    formal = "".join(f"<formalParameter name={quoteattr(p)}{f' typeRef={quoteattr(t)}' if t else ''}/>" for p, t in parameters.items())
    return (
        f'<businessKnowledgeModel id="bkm_{name}" name={quoteattr(name)}><variable name={quoteattr(name)}/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{''.join(map(requirement, requires))}</businessKnowledgeModel>"
    )


def table(
    policy: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    allowed: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    types: Mapping[str, str] | None = None,
) -> str:
    """A decision table: `policy` as in the corner of the table ("U", "C+"), each rule its input cells and then its output cells."""
    allowed, defaults, types = allowed or {}, defaults or {}, types or {}
    aggregation = f' aggregation="{AGGREGATIONS[policy[1]]}"' if len(policy) > 1 else ""
    columns = "".join(
        f"<input><inputExpression{f' typeRef={quoteattr(types[e])}' if e in types else ''}>{text(e)}</inputExpression>"
        f"{f'<inputValues>{text(allowed[e])}</inputValues>' if e in allowed else ''}</input>"
        for e in inputs
    ) + "".join(
        f"<output name={quoteattr(o)}{f' typeRef={quoteattr(types[o])}' if o in types else ''}>"
        f"{f'<outputValues>{text(allowed[o])}</outputValues>' if o in allowed else ''}"
        f"{f'<defaultOutputEntry>{text(defaults[o])}</defaultOutputEntry>' if o in defaults else ''}</output>"
        for o in outputs
    )
    rows = "".join(
        f'<rule id="r{number}">'
        + "".join(f"<inputEntry>{text(cell)}</inputEntry>" for cell in cells[: len(inputs)])
        + "".join(f"<outputEntry>{text(cell)}</outputEntry>" for cell in cells[len(inputs) :])
        + "</rule>"
        for number, cells in enumerate(rules, start=1)
    )
    return f'<decisionTable id="table" hitPolicy="{POLICIES.get(policy[0], policy)}"{aggregation}>{columns}{rows}</decisionTable>'
