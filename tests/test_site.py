"""The site over all labs that were run."""

import dataclasses
import json
import os
import re

import pytest
from browser import WIDTHS, Tab, browser, needs_axe, needs_browser  # noqa: F401
from quick_runs import LABS, ROOT, number_of
from report_samples import FINDINGS, PAGE, RUNS, SETTINGS, Reader, exhibit, write

from dlkeras import glossary, report, site
from dlkeras.page import read_page

PATH = """# Path

## Week 1: depth

- [Lab 4](lab_04_vanishing_gradient/): Why depth is hard.
- [Lab 5](lab_05_initialization/): How to start.
"""


@pytest.fixture
def labs(tmp_path):
    """A folder with a path over two of the real labs."""
    folder = tmp_path / "labs"
    folder.mkdir()
    (folder / "README.md").write_text(PATH, encoding="utf-8")
    for name in ("lab_04_vanishing_gradient", "lab_05_initialization"):
        (folder / name).symlink_to(ROOT / "labs" / name)
    return folder


def read(path):
    return Reader(path.read_text(encoding="utf-8"))


def test_the_path_has_labs_in_its_order_run_or_not(tmp_path, labs):
    write(tmp_path, dataclasses.replace(PAGE, number=11, title="Which optimizer?"))
    write(tmp_path)
    reader = read(site.write_site(tmp_path, labs))
    order = [
        "Week 1: depth",
        "Lab 4: Why do early",
        "Why depth is hard.",
        "✓ 1 supported ✗ 1 contradicted",
        "Lab 5: How should the weights",
        "Not run yet: make lab-5",
        "Other labs",
        "Lab 11: Which optimizer?",
    ]
    places = [reader.text.index(words) for words in order]
    assert places == sorted(places)
    assert [image["src"] for image in reader.all("img")] == ["lab-04/loss.png", "lab-11/loss.png"]
    for attrs in reader.all("a"):
        assert (tmp_path / attrs["href"]).is_file()


def test_the_path_of_the_course_names_every_lab_once():
    path = site.read_path(ROOT / "labs")
    labs = [lab["number"] for part in path for lab in part["labs"]]
    assert labs == [number_of(script) for script in LABS]
    titles = {lab["number"]: lab["title"] for part in path for lab in part["labs"]}
    assert titles == {number_of(script): read_page(script).title for script in LABS}


def test_the_ledger_has_every_statement_with_its_place(tmp_path, labs):
    write(tmp_path)
    site.write_site(tmp_path, labs)
    reader, page = read(tmp_path / "ledger.html"), (tmp_path / "lab-04" / "index.html").read_text()
    assert "Norms shrink. Lab 4 ✓ supported Factor <per> layer 0.22 per layer" in reader.text
    rows = [attrs for attrs in reader.all("tr") if "data-verdict" in attrs]
    assert [(row["data-verdict"], row["data-topic"], row["data-week"]) for row in rows] == [
        ("supported", "Vanishing gradient", "Week 1"),
        ("contradicted", "Vanishing gradient", "Week 1"),
    ]
    for number in (1, 2):
        assert {"href": f"lab-04/index.html#statement-{number}"} in reader.all("a")
        assert f'id="statement-{number}"' in page


def test_all_labs_are_corrected_together(tmp_path):
    for number, p_values in ((4, (0.001, 0.04)), (5, (0.03, 0.2))):
        page = dataclasses.replace(PAGE, number=number)
        findings = [
            dataclasses.replace(FINDINGS[0], p_value=p, verdict="supported" if p < 0.05 else "undecided")
            for p in p_values
        ]
        report.write_lab(tmp_path, page, {"loss": exhibit()}, findings, RUNS, SETTINGS)
    text = read(site.write_site(tmp_path, tmp_path)).text
    assert "Of 4 statements left to chance, 3 have a verdict." in text
    # 0.04 at rank 3 of 4 is 0.053, 0.03 at rank 2 is 0.06 and so as much as the next: only the first stands.
    assert "1 of these stand" in text


def test_the_glossary_has_the_words_of_the_course(tmp_path):
    site.write_site(tmp_path, tmp_path)
    text = (tmp_path / "glossary.html").read_text(encoding="utf-8")
    for term in (
        "bias và phương sai, độ chệch và phương sai",
        "đánh đổi",
        "phương sai và độ lệch chuẩn",
        "chuẩn Frobenius",
        "phân rã trọng số, suy giảm trọng số",
    ):
        assert f'<span lang="vi">{term}</span>' in text
    assert "Decade A factor of ten" in Reader(text).text
    names = [name for name, *_ in glossary.COURSE] + list(glossary.WORDS)
    assert len({name.lower() for name in names}) == len(names) == text.count("<dt ")
    assert sorted(os.listdir(tmp_path)) == ["glossary.html", "index.html", "ledger.html"]


def test_the_search_has_an_entry_for_everything(tmp_path, labs):
    write(tmp_path)
    text = site.write_site(tmp_path, labs).read_text(encoding="utf-8")
    entries = json.loads(re.search(r'id="entries">(.*?)</script>', text, re.DOTALL)[1])
    titles = [entry["title"] for entry in entries]
    assert {"Lab 4: Why do early layers learn slowest?", "Dead unit", "“Norms shrink.”", "Dropout"} <= set(
        titles
    )
    for entry in entries:
        assert (tmp_path / entry["url"].partition("#")[0]).is_file()


def test_a_broken_lab_is_named(tmp_path):
    (tmp_path / "lab-07").mkdir()
    with pytest.raises(ValueError, match="lab-07") as error:
        site.write_site(tmp_path, tmp_path)
    assert str(error.value) == (
        f"`results` must hold labs as `write_lab` wrote them. Received: {tmp_path / 'lab-07'} "
        f"({error.value.__cause__!r}). Run the lab again or remove the folder."
    )
    assert not (tmp_path / "index.html").exists()


@needs_browser
def test_the_search_finds_terms_and_says_when_there_are_none(browser, tmp_path, labs):  # noqa: F811
    write(tmp_path)
    tab = Tab(browser, site.write_site(tmp_path, labs))
    field, found = tab.page.get_by_label("Search all labs"), tab.page.locator("#found")
    field.fill("norms shrink")
    assert found.locator("a").all_inner_texts() == ["“Norms shrink.”"]
    field.fill("danh doi")  # without its marks, as a keyboard may have it
    assert found.locator("a").get_attribute("href") == "glossary.html#trade-off"
    field.fill("xyzzy")
    assert found.inner_text() == "Nothing was found."
    found.page.locator("nav a").nth(2).click()
    assert tab.page.url.endswith("glossary.html")
    assert tab.logged == []


@needs_browser
def test_the_ledger_is_filtered_and_the_filter_is_in_the_address(browser, tmp_path, labs):  # noqa: F811
    write(tmp_path)
    site.write_site(tmp_path, labs)
    tab = Tab(browser, tmp_path / "ledger.html")
    count = tab.page.locator(".filters output")
    assert count.inner_text() == "2 of 2 statements"
    tab.page.get_by_label("Verdict").select_option("contradicted")
    assert count.inner_text() == "1 of 2 statements"
    assert tab.page.locator("#ledger tbody tr:visible").count() == 1
    again = Tab(browser, tmp_path / "ledger.html", address="#verdict=supported")
    assert again.page.locator("#ledger tbody tr:visible").inner_text().startswith("Norms shrink.")


@needs_browser
@needs_axe
@pytest.mark.parametrize("width", WIDTHS)
def test_the_site_is_accessible_and_fits(browser, tmp_path, labs, width):  # noqa: F811
    write(tmp_path)
    site.write_site(tmp_path, labs)
    for name in ("index.html", "ledger.html", "glossary.html"):
        tab = Tab(browser, tmp_path / name, width)
        assert tab.violations() == {}, name
        assert tab.overflows() <= 0, name
        assert [url for url in tab.requests if not url.startswith("file:")] == []
        assert tab.logged == []
