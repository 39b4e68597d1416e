"""Chinese first, English second: no word of a page is left out."""

import re
from pathlib import Path

from babel.messages import extract, pofile

import web
from tests.web.conftest import Site

WEB = Path(web.__file__).parent
CATALOGUE = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po"
WHERE = [("routes/**.py", "python"), ("*.py", "python"), ("templates/**.html", "jinja2")]
MARKS = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
PLACE = re.compile(r"%\((\w+)\)s")


def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        catalogue = pofile.read_po(file, locale="en")
    return {str(one.id): str(one.string) for one in catalogue if one.id}


def said() -> set[str]:
    words = {"_": None, "later": None, "gettext": None}
    found = extract.extract_from_dir(str(WEB), WHERE, {}, keywords=words)
    return {message for _file, _line, message, *_ in found if isinstance(message, str)}


def test_every_word_of_the_pages_is_in_the_english_catalogue_and_no_other() -> None:
    known = english()
    assert sorted(said() - set(known)) == []
    assert sorted(set(known) - said()) == []
    assert [one for one, translated in known.items() if not translated.strip()] == []


def test_translations_keep_the_places_for_names_and_numbers() -> None:
    for chinese, translated in english().items():
        assert set(PLACE.findall(chinese)) == set(PLACE.findall(translated)), chinese


def test_no_chinese_stands_in_a_template_outside_gettext() -> None:
    for file in sorted((WEB / "templates").rglob("*.html")):
        text = re.sub(
            r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", file.read_text("utf-8"), flags=re.DOTALL
        )
        found = re.findall(r"[\u4e00-\u9fff]+", text)
        assert found in ([], ["正程"]), file.name


def test_a_page_is_read_in_english(site: Site) -> None:
    client = site.client("wang")
    client.post("/language", data={"language": "en", "next": "/tasks"})
    page = client.get("/tasks").text
    assert '<html lang="en">' in page
    assert "Worklist" in page
    assert "工作台" not in page
