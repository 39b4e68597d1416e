"""Diagrams that attack the reader: each is refused by name and the process goes on."""

from pathlib import Path

import pytest

from tests.engine.cases import play
from tests.engine.diagrams import HEAD, Drawing, parameters
from workflows import engine, errors
from workflows.engine import reading

SOUND = Drawing().start().user("draft").end().flow("begun > draft > ended").xml()


def refusal(data: bytes) -> str:
    """The one reason why a file is refused."""
    with pytest.raises(errors.ProcedureRefused) as refused:
        engine.parse({"file.bpmn": data}, "p", {})
    [reason] = [one.reason for one in refused.value.complaints if one.file == "file.bpmn"]
    return reason


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    + "".join(
        f'<!ENTITY {chr(98 + i + 1)} "{"&" + chr(98 + i) + ";"}'
         f'{"&" + chr(98 + i) + ";"}">' for i in range(20)
    )
    + "]>"
)  # fmt: skip


def with_doctype(doctype: str, inside: str = "") -> bytes:
    return (
        doctype + SOUND.decode().replace("</bpmn:definitions>", inside + "</bpmn:definitions>")
    ).encode()


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE definitions>",
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/evil.dtd">',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
        LAUGHS,
    ],
)
def test_a_doctype_is_refused_whatever_it_declares(doctype: str) -> None:
    reason = refusal(with_doctype(doctype))
    assert "DOCTYPE" in reason or "不是有效的XML" in reason


def test_billion_laughs_are_not_laughed() -> None:
    assert refusal(with_doctype(LAUGHS, "&v;"))


def test_a_file_is_not_read_into_a_diagram(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-42")
    doctype = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    inside = "<bpmn:documentation>&x;</bpmn:documentation>"
    assert "SECRET-42" not in refusal(with_doctype(doctype, inside))


def test_a_doctype_in_another_encoding_is_seen() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + with_doctype("<!DOCTYPE d>").decode()
    assert "DOCTYPE" in refusal(text.encode("utf-16"))


def test_includes_are_not_followed() -> None:
    inside = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'
    data = SOUND.replace(b"</bpmn:definitions>", inside.encode() + b"</bpmn:definitions>")
    assert engine.parse({"p.bpmn": data}, "p", {}).key == "p"


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 100, b"PK\x03\x04", b"<a", b"{}", SOUND[:-30], b"\xff\xfe\xff", SOUND + b"<x/>"],
)
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    assert "不是有效的XML" in refusal(data)


@pytest.mark.parametrize("data", [b"<svg/>", b"<definitions/>", b"<process id='p'/>"])
def test_what_is_no_bpmn_is_refused(data: bytes) -> None:
    assert "不是BPMN 2.0" in refusal(data)


def test_fifty_megabytes_are_refused_unread() -> None:
    assert "上限" in refusal(SOUND + b" " * 50_000_000)


def test_five_thousand_levels_are_refused() -> None:
    deep = "<bpmn:subProcess>" * 5_000 + "</bpmn:subProcess>" * 5_000
    data = f'{HEAD}<bpmn:process id="p">{deep}</bpmn:process></bpmn:definitions>'
    assert "层" in refusal(data.encode())


def test_a_little_too_deep_is_refused_as_well() -> None:
    deep = "<x>" * (reading.MAX_DEPTH + 1) + "</x>" * (reading.MAX_DEPTH + 1)
    assert "层" in refusal(f"{HEAD}{deep}</bpmn:definitions>".encode())


def test_too_many_elements_are_refused() -> None:
    tasks = "".join(f'<bpmn:userTask id="t{one}"/>' for one in range(reading.MAX_ELEMENTS + 1))
    data = f'{HEAD}<bpmn:process id="p">{tasks}</bpmn:process></bpmn:definitions>'
    assert "图元" in refusal(data.encode())


def test_a_very_long_chain_is_read_and_run() -> None:
    steps = [f"s{one}" for one in range(2_000)]
    drawing = Drawing().start()
    for one in steps:
        drawing.node("intermediateThrowEvent", one)
    drawing.user("last").end().flow(" > ".join(["begun", *steps, "last", "ended"]))
    case = play(drawing)
    assert case.waits == ["last"]
    assert case.do("last").run.ended == "ended"


def test_sub_processes_nested_as_deep_as_allowed_are_run_and_deeper_ones_stopped() -> None:
    def nest(levels: int) -> Drawing:
        drawing = Drawing().start(f"s{levels}").user("inside").end(f"e{levels}")
        drawing.flow(f"s{levels} > inside > e{levels}")
        for one in reversed(range(levels)):
            outer = Drawing().start(f"s{one}").sub(f"b{one}", drawing).end(f"e{one}")
            drawing = outer.flow(f"s{one} > b{one} > e{one}")
        return drawing

    case = play(nest(50))
    assert case.do("inside").run.ended == "e0"
    with pytest.raises(errors.EndlessLoop):
        play(nest(51))


def test_ids_that_mean_something_elsewhere_mean_nothing_here() -> None:
    names = ["Start", "End", "Root", "__class__", "p.EndJoin", "constructor"]
    drawing = Drawing().start()
    for one in names:
        drawing.user(one)
    drawing.end().flow(" > ".join(["begun", *names, "ended"]))
    case = play(drawing)
    for one in names:
        case.do(one)
    assert case.run.ended == "ended"


def test_elements_without_ids_are_refused_and_not_fatal() -> None:
    data = SOUND.replace(b' id="draft"', b"").replace(b' id="begun_to_draft"', b"")
    with pytest.raises(errors.ProcedureRefused):
        engine.parse({"p.bpmn": data}, "p", {})


@pytest.mark.parametrize(
    "id_", ["a'] | //*[@id='", 'x" onload="', "a b", "..", "-", "１" * 3, "甲" * 10_000 + " "]
)
def test_ids_with_tricks_are_refused(id_: str) -> None:
    escaped = id_.replace('"', "&quot;")
    data = SOUND.decode().replace('id="draft"', f'id="{escaped}"')
    with pytest.raises(errors.ProcedureRefused):
        engine.parse({"p.bpmn": data.encode()}, "p", {})


def test_code_in_a_timer_a_condition_or_a_parameter_is_not_run() -> None:
    code = "__import__('os').system('true')"
    drawing = Drawing().start().wait("it", code).end().flow("begun > it > ended")
    with pytest.raises(errors.ProcedureRefused):
        engine.parse({"p.bpmn": drawing.xml()}, "p", {})
    drawing = Drawing().start().service("it", parameters({"x": f"${{{code}}}"})).end()
    with pytest.raises(errors.ExpressionRefused):
        play(drawing.flow("begun > it > ended"))
    drawing = Drawing().start().xor("it", default="it_to_ended").end().end("other")
    with pytest.raises(errors.ExpressionRefused):
        play(drawing.flow("begun > it > ended").flow("it > other", code))


def test_a_diagram_that_refers_to_itself_in_circles_is_refused_not_followed() -> None:
    drawing = Drawing().start().user("draft").end().flow("begun > draft > ended")
    drawing.node(
        "boundaryEvent", "b", '<bpmn:messageEventDefinition messageRef="m"/>', attachedToRef="b"
    )
    with pytest.raises(errors.ProcedureRefused):
        engine.parse({"p.bpmn": drawing.flow("b > ended").xml()}, "p", {})
