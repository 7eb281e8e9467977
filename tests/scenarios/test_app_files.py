"""What ships as data: clean by our own lint, without a line of Python, and with a template for every connector."""

import json

import pytest

from engine import apps, dmn
from engine.connectors.contract import CALLS
from engine.runtime.in_step import CONNECTORS
from tests.scenarios.conftest import ROOT

TEMPLATES = sorted((ROOT / "processes/.camunda/element-templates").glob("*.json"))
OF_THE_PLATFORM = ("baton:saves", "baton:status", "baton:event", "baton:calendar", "baton:submitLabel.ko", "baton:submitLabel.en", "baton:label.en")
OF_THE_PLATFORM += ("baton:sync", "baton:answer")


@pytest.mark.parametrize("key", apps.keys(ROOT))
def test_lint_finds_nothing_in_an_app_that_ships(key):
    assert [str(finding) for finding in apps.lint(key, apps.read(ROOT, key))] == []


def test_apps_are_data_without_a_line_of_python():
    assert not [path for folder in ("processes", "forms") for path in (ROOT / folder).rglob("*.py")]


def test_the_modeler_offers_a_template_for_every_connector_and_property():
    templates = [template for path in TEMPLATES for template in json.loads(path.read_text())]
    bindings = [(one["binding"], one.get("value")) for template in templates for one in template["properties"]]
    types = {value for binding, value in bindings if binding == {"type": "zeebe:taskDefinition", "property": "type"}}
    assert types == CALLS | set(CONNECTORS)
    assert {binding["name"] for binding, _ in bindings if binding["type"] == "zeebe:property"} == set(OF_THE_PLATFORM)


@pytest.mark.parametrize(("product", "fee"), [("INTERNET", 26_400), ("IPTV", 13_200), ("BUNDLE", 35_200)])
def test_the_monthly_fee_is_the_list_price_without_its_discounts(product, fee):
    price = dmn.parse((ROOT / "processes/iptv/iptv_plan_price.dmn").read_bytes()).evaluate("iptv_plan_price", {"product_type": product})
    assert price["monthly_fee"] == fee
    assert price["list_price"] - price["bundle_discount"] - price["contract_discount"] == fee


@pytest.mark.parametrize(
    ("postcode", "region", "served"),
    [("04524", "SEL", "YES"), ("63000", "JJ", "SURVEY"), ("30999", "SJ", "YES"), ("00123", None, "NO"), ("64000", None, "NO")],
)
def test_the_postcode_decides_the_region_and_whether_it_is_served(postcode, region, served):
    found = dmn.parse((ROOT / "processes/iptv/iptv_region.dmn").read_bytes()).evaluate("iptv_region", {"postcode": postcode})
    assert (found["region_code"], found["served"]) == (region, served)


@pytest.mark.parametrize(
    ("status", "route"),
    [
        ("APPLIED", "DIRECT"),
        ("INSTALL_REQUESTED", "DIRECT"),
        ("INSTALL_ACCEPTED", "ASK_TECHNICIAN"),
        ("INSTALLED", "REFUSE"),
        ("CANCELLED", "REFUSE"),
    ],
)
def test_only_a_technician_who_accepted_is_asked(status, route):
    assert dmn.parse((ROOT / "processes/iptv/iptv_cancel_route.dmn").read_bytes()).evaluate("iptv_cancel_route", {"status": status}) == route
