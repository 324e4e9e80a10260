"""Reports that are held to a schema by a validator of its language."""

import pytest
from conftest import ROOT, run
from lxml import etree


def schema(name):
    return etree.XMLSchema(etree.parse(str(ROOT / "tests" / "schemas" / f"{name}.xsd")))


def document(text):
    return etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))


@pytest.mark.parametrize("name", ["junit", "checkstyle"])
def test_xml_follows_its_schema(name, program, tmp_path):
    projects = ["broken", "minimal", "policies", "sourcegraph", "rules"]
    reports = [run(program, "check", "--exit-zero", "--quiet", "--format", name, f"fixtures/{one}", cwd=ROOT) for one in projects]
    reports.append(run(program, "check", "--quiet", "--format", name, cwd=tmp_path).removeprefix("note: no specification"))
    # The report that the tests of all formats share: hostile text, several lines, no file, allowed.
    shared = (ROOT / "tests" / "snapshots" / f"reports__{name}.snap").read_text()
    reports.append(shared.split("---\n", 2)[2])
    for text in reports:
        schema(name).assertValid(document(text[text.index("<?xml") :]))


def test_the_schema_refuses_what_it_should():
    good = '<testsuites name="a" tests="1" failures="0" errors="0"><testsuite name="b" tests="1" failures="0" errors="0">{}</testsuite></testsuites>'
    assert schema("junit").validate(document(good.format('<testcase name="c" classname="d"/>')))
    for bad in ["", '<testcase name="c"/>', '<testcase name="c" classname="d" line="0"/>', '<testcase name="c" classname="d"><failure/></testcase>']:
        assert not schema("junit").validate(document(good.format(bad))), bad
