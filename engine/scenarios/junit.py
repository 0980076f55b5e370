"""A run of scenarios as JUnit XML, which build servers read: a suite a package, a case a scenario."""

from collections.abc import Iterable

from lxml import etree

from engine.scenarios.report import Report


def junit(reports: Iterable[Report]) -> bytes:
    """The whole file. What no scenario came by is a case of its own, so that it fails where the run does."""
    root = etree.Element("testsuites", name="huishen scenario")
    for report in reports:
        suite = etree.SubElement(root, "testsuite", name=report.plan.key)
        for outcome in report.outcomes:
            case = etree.SubElement(suite, "testcase", classname=report.plan.key, name=f"{outcome.id} {outcome.title}")
            case.set("file", outcome.file)
            if outcome.failures:
                first = outcome.failures[0]
                failure = etree.SubElement(case, "failure", message=clean(str(first)), type=first.what)
                failure.text = clean("\n".join(str(each) for each in outcome.failures))
        if not report.partial:
            case = etree.SubElement(suite, "testcase", classname=report.plan.key, name="走到每条连线")
            if report.untaken:
                told = f"没有走到的连线：{'、'.join(report.untaken)}"
                etree.SubElement(case, "failure", message=told, type="flows").text = told
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def clean(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(char for char in text if char in "\n\t" or char >= " ")
