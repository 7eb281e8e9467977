"""What lint says about lists, totals, capacities, notices and files that could not work."""

import pytest

from engine import apps
from tests.bpmn import models as m
from tests.runtime import teahouse

ADD = teahouse.task("Add", "record.add", {"record": "day"}, {"id": '="D1"', "sum": "=1"})
FORM = '{"components": [{"type": "filepicker", "id": "p", "key": "photos", "label": "사진", "properties": {"label.en": "Pictures"}}]}'


def rules(*tasks, old="", new="", form=FORM):
    assert old in teahouse.RECORDS
    door = '[[start]]\nid = "sell"\nprocess = "sell"\naccess = "public"\nform = "order"\nlabel = { ko = "주문", en = "Order" }\n'
    files = {
        "processes/teahouse/app.toml": (teahouse.APP + door + "[settings]\nstock = 1\n").encode(),
        "processes/teahouse/records.toml": teahouse.RECORDS.replace(old, new, 1).encode() if old else teahouse.RECORDS.encode(),
        "processes/teahouse/sell.bpmn": m.definitions(teahouse.process("sell", *(tasks or (ADD,)))),
        "forms/teahouse/order.form": form.encode(),
    }
    return {finding.rule for finding in apps.lint("teahouse", files) if finding.level == "error"}


def test_the_teahouse_itself_has_no_errors():
    assert rules() == set()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('edit    = ["state"]', 'edit    = ["sum"]', "list"),
        ('edit    = ["state"]', 'edit    = ["status"]', "unknown-field"),
        ('editors = ["keeper"]', 'editors = ["boss"]', "unknown-role"),
        ('filter  = ["kind", "on_sale"]', 'filter  = ["supplier"]', "list"),
        ('edit    = ["name", "kind", "price", "on_sale", "supplier"]', 'edit    = ["name"]', "list"),
        ('edit    = ["name", "kind", "price", "on_sale", "supplier"]\n', "", "list"),
        ('qty   = { type = "int", total = true', 'qty   = { type = "number", total = true', "field"),
        ('key   = ["product"]', 'key   = ["amount"]', "capacity-key"),
    ],
)
def test_a_mistake_in_records_toml_is_named(old, new, rule):
    assert rule in rules(old=old, new=new)


@pytest.mark.parametrize("inputs", [{"id": '="D1"', "date": "=today()"}, {"id": '="S1"'}])
def test_adding_to_what_is_no_total_is_named(inputs):
    assert "no-total" in rules(teahouse.task("Add", "record.add", {"record": "day"}, inputs))


def test_a_file_that_no_record_keeps_is_named():
    assert "form-file-unkept" in rules(form=FORM.replace("photos", "pictures"))
