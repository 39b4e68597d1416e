"""Fills a form on a page as a person does: types, chooses, ticks, adds rows, brings files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from playwright.sync_api import Locator, Page, Response, expect

from workflows import forms

LEFT_THE_FIELD = "document.getElementById('filling').dispatchEvent(new Event('change'))"
PAPER = {"name": "材料.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 paper"}


def fill(page: Page, form: forms.Form, answers: Mapping[str, Any]) -> None:
    """Answer what the form shows, and again what the first answers have brought up."""
    unseen = _several(page, form.fields, answers, "")
    while unseen:
        expect(page.locator(".htmx-request")).to_have_count(0)
        with page.expect_response(_is_draft):  # which says what the answers bring up
            page.evaluate(LEFT_THE_FIELD)
        expect(page.locator(".htmx-request")).to_have_count(0)
        still = _several(page, form.fields, answers, "")
        if still == unseen:
            return
        unseen = still


def _is_draft(response: Response) -> bool:
    return "_action=draft" in (response.request.post_data or "")


def _several(
    page: Page, fields: Sequence[forms.Field], answers: Mapping[str, Any], prefix: str
) -> set[str]:
    """Answer the fields that are to be seen; the paths of those that are not."""
    unseen: set[str] = set()
    for one in fields:
        path = prefix + one.key
        if one.kind == "group":
            inner = answers.get(one.key) or {} if one.key else answers
            unseen |= _several(page, one.fields, inner, f"{path}." if one.key else prefix)
        elif one.key and not one.readonly and answers.get(one.key) not in (None, "", []):
            place = page.locator(f"[data-field='{path}']").first
            if place.is_visible():
                unseen |= _answer(page, place, one, path, answers[one.key])
            else:
                unseen.add(path)
    return unseen


def _answer(page: Page, place: Locator, one: forms.Field, path: str, said: Any) -> set[str]:
    if one.kind == "dynamiclist":
        return _rows(page, place, one, path, said)
    match one.kind:
        case "filepicker":
            if not place.locator(".file-name").count():
                place.locator("input[type=file]").set_input_files([PAPER])  # pyright: ignore[reportArgumentType]
                expect(page.locator(f"[data-field='{path}'] .file-name")).to_have_count(1)
        case "radio":
            place.locator(f"input[value='{said}']").check()
        case "checkbox":
            place.locator("input[type=checkbox]").set_checked(said in (True, "true"))
        case "checklist":
            for box in place.locator("input[type=checkbox]").all():
                box.set_checked(box.get_attribute("value") in {str(one) for one in said})
        case "select":
            place.locator("select").select_option(str(said))
        case _:
            place.locator("input, textarea").fill(_typed(one.kind, str(said)))
    return set()


def _typed(kind: str, said: str) -> str:
    """As the browser's fields take it."""
    if kind == "datetime":
        return f"{datetime.fromisoformat(said):%Y-%m-%dT%H:%M}"
    return said[:10] if kind == "date" else said


def _rows(
    page: Page, place: Locator, one: forms.Field, path: str, said: Sequence[Mapping[str, Any]]
) -> set[str]:
    rows = place.locator(":scope > .row")
    while rows.count() > max(len(said), 1 if one.required else 0):
        here = rows.count()
        rows.last.locator(".row-head button").click()
        expect(rows).to_have_count(here - 1)
    while rows.count() < len(said):
        here = rows.count()
        place.locator(":scope > button").click()
        expect(rows).to_have_count(here + 1)
    unseen: set[str] = set()
    for number, row in enumerate(said):
        unseen |= _several(page, one.fields, row, f"{path}[{number}].")
    return unseen
