"""How often a posted form asks the database: pages are read only where they are shown."""

from sqlalchemy import event

from tests.web.conftest import NOTICE, OPENING, Site


def said(site: Site, path: str, form: dict[str, str]) -> list[str]:
    """What was told to the database while a form was posted and accepted."""
    client = site.client("wang")
    statements: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement.split(maxsplit=1)[0])

    event.listen(site.house.engine, "before_cursor_execute", listen)
    answer = client.post(path, data=form)
    event.remove(site.house.engine, "before_cursor_execute", listen)
    assert answer.status_code == 302, answer.text
    return statements


def test_a_posted_task_reads_its_session_its_form_and_its_case_once(site: Site) -> None:
    site.open()
    case_id = site.tell(*NOTICE[:3])
    task_id = site.task_id(case_id, "choose_method")
    statements = said(site, f"/tasks/{task_id}", {"method": "direct", "_action": "submit"})
    assert statements.count("SELECT") == 3
    assert statements.count("COMMIT") == 1


def test_opening_a_case_reads_no_page(site: Site) -> None:
    statements = said(site, "/subjects/1/open/serious_listing", {**OPENING, "_action": "submit"})
    assert statements.count("COMMIT") == 1
    assert len(statements) <= 13
