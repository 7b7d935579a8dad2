"""Every lab, found by its folder: a quick run, its page and its notebook, its flags, who names it.

Tests that need a quick run stand in this file: a file is run by one process, which makes the run once.
"""

import csv
import html
import json
import re
import subprocess
import sys

import jupytext
import pytest
from browser import AXE, WIDTHS, Tab, browser, needs_browser  # noqa: F401
from drawn_views import differences
from nbclient import NotebookClient
from PIL import Image
from quick_runs import LABS, ROOT, each_lab, make, number_of, quick_run, some_labs

from dlkeras.notebook import write_notebook
from dlkeras.page import read_page

FILES = {"index.html", "findings.json", "runs.csv", "settings.json"}


def test_there_are_labs():
    assert LABS


@each_lab
def test_a_quick_run_ends_in_a_page(script):
    run = quick_run(script)
    assert run.stderr == ""  # no start-up noise, no warnings
    assert run.stdout.rstrip().endswith(f"Page: {run.folder / 'index.html'}")
    assert {path.name for path in run.folder.iterdir()} > FILES
    findings = json.loads((run.folder / "findings.json").read_text())
    verdicts = {finding["verdict"] for finding in findings}
    assert verdicts <= {"supported", "contradicted", "undecided", "not measurable", "holds"}
    assert all(finding["source"] for finding in findings)
    with open(run.folder / "runs.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) > 1


@each_lab
def test_the_page_holds_all_figures_and_asks_no_network(script):
    folder = quick_run(script).folder
    text = (folder / "index.html").read_text()
    images = re.findall(r"<img [^>]*>", text)
    assert len(images) == len(list(folder.glob("*.png"))) == len(list(folder.glob("*.svg"))) > 0
    assert all(re.search(r'alt="[^"]{20,}"', image) and 'src="data:' in image for image in images)
    assert not re.search(r'(src|href)="https?:', text)


@each_lab
def test_the_page_has_an_answer_and_each_statement_has_its_figure(script):
    folder = quick_run(script).folder
    text = (folder / "index.html").read_text()
    assert re.search(r'<p class="lead" id="answer">[^<]{40,}', text)
    assert not re.search(r"[{}]", re.search(r'id="answer">(.*?)</p>', text, re.DOTALL)[1])
    findings = json.loads((folder / "findings.json").read_text())
    told = text.count("<summary>How it was judged</summary>")
    assert told == len(findings)


@needs_browser
@each_lab
def test_the_page_in_a_browser(script, browser):  # noqa: F811
    """It fits, asks for nothing, logs nothing; sliders move; WCAG A and AA where axe-core is there."""
    path = quick_run(script).folder / "index.html"
    assert path.stat().st_size < 3e6
    for width in WIDTHS:
        tab = Tab(browser, path, width)
        if tab.page.get_by_role("button", name="Show all results").is_visible():
            tab.page.get_by_role("button", name="Show all results").click()
        assert tab.overflows() <= 0
        assert AXE.exists() is False or tab.violations() == {}
        if tab.page.locator(".view").count():
            assert differences(tab)[0] == []
        for slider in tab.page.locator(".view input[type=range]").all():
            before = slider.get_attribute("aria-valuetext")
            slider.press("ArrowRight" if slider.input_value() == "0" else "ArrowLeft")
            assert slider.get_attribute("aria-valuetext") != before or slider.get_attribute("max") == "0"
            assert differences(tab)[0] == []  # at the next place, too
        assert not tab.page.locator(".view path[d*=NaN], .view circle[cx*=NaN], .view [points*=NaN]").count()
        assert (tab.requests, tab.logged) == ([], [])


@each_lab
def test_the_plain_case_and_its_print_out_stand_on_the_page(script):
    run = quick_run(script)
    text = (run.folder / "index.html").read_text()
    _, code = read_page(script).code
    assert (
        html.unescape(re.search(r"<pre class=.code.[^>]*><code>(.*?)</code></pre>", text, re.DOTALL)[1])
        == code
    )
    printed = html.unescape(re.search(r"<samp>(.*?)</samp>", text, re.DOTALL)[1])
    assert printed
    assert run.stdout.startswith(printed)


@some_labs
def test_a_notebook_runs_shows_the_figures_and_finds_the_same_again(script, tmp_path):
    notebook = jupytext.read(write_notebook(script, tmp_path / "notebooks"))
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    argv = ["--quick", "--out", str(tmp_path)]
    first.source = first.source.replace("lab.read_settings(", f"lab.read_settings(argv={argv}, script=", 1)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = {
        name: "".join(o.text for o in outputs if o.get("name") == name) for name in ("stdout", "stderr")
    }
    run = quick_run(script)
    folder = tmp_path / run.folder.name
    assert f"Page: {folder / 'index.html'}" in printed["stdout"]
    assert printed["stderr"] == ""
    assert first.outputs  # the case in plain Keras has printed
    images = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(images) == len(list(folder.glob("*.png"))) > 0
    views = [o for o in outputs if 'class="view"' in o.get("data", {}).get("text/html", "")]
    assert len(views) == script.with_name("view.py").exists()
    # A second process with the same settings: the same findings to the last digit.
    assert (folder / "findings.json").read_text() == (run.folder / "findings.json").read_text()


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.parent.name)
def test_help_does_not_import_tensorflow(script):
    flags = [sys.executable, "-X", "importtime", str(script), "--help"]
    run = subprocess.run(flags, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0
    imported = {line.rsplit("|", 1)[-1].strip() for line in run.stderr.splitlines()}
    assert "argparse" in imported
    assert not imported & {"tensorflow", "keras", "matplotlib", "sklearn", "scipy"}
    for flag in "quick", "seeds", "first-seed", "dataset", "epochs", "out", "check", "open":
        assert f"--{flag}" in run.stdout


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.parent.name)
def test_the_readme_asks_the_same_question_and_shows_a_figure(script):
    question = script.read_text().splitlines()[0].removeprefix('"""')
    readme = script.with_name("README.md").read_text()
    assert readme.splitlines()[0] == f"# {question}"
    assert re.search(r"^!\[.{20,}\]\(figure\.png\)$", readme, re.MULTILINE)
    figure = script.with_name("figure.png")
    assert figure.stat().st_size <= 80_000
    with Image.open(figure) as image:
        assert image.width >= 800


def test_readme_and_makefile_name_the_labs_that_there_are():
    numbers = [number_of(script) for script in LABS]
    table = re.findall(r"^\| `make lab-(\d+)` \|", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert [int(number) for number in table] == numbers
    gallery = re.findall(
        r'src="labs/(\w+)/figure.png" width="\d+" alt="[^"]{20,}"', (ROOT / "README.md").read_text()
    )
    assert gallery == [script.parent.name for script in LABS]
    printed = make("help").stdout
    assert [int(number) for number in re.findall(r"^  lab-(\d+) ", printed, flags=re.MULTILINE)] == numbers


def test_an_unknown_lab_says_which_there_are():
    run = make("lab-99")
    assert run.returncode != 0
    assert run.stdout.startswith("There is no lab 99. There are:\n  lab-")
