"""Pages in a real browser: what is drawn is what was recorded, and everything can be reached."""

import dataclasses
import math

import pytest
from browser import WIDTHS, Tab, browser, needs_axe, needs_browser  # noqa: F401
from drawn_views import FLOOR, LEFT, RIGHT, TOP, differences, pairs
from report_samples import ANSWER, FINDINGS, PAGE, RUNS, SETTINGS, exhibit
from view_samples import HIGH, LOW, NORMS, PATH_X, PATH_Y, VIEW

from dlkeras import report, site

pytestmark = needs_browser


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    exhibits = {"loss": dataclasses.replace(exhibit(), figure=_picture())}
    parts = (PAGE, exhibits, FINDINGS, RUNS, SETTINGS, ANSWER, VIEW)
    return report.write_lab(tmp_path_factory.mktemp("pages"), *parts)


def _picture():
    from dlkeras import plots

    return plots.curves(range(3), {"p": {"tanh": [[3, 2, 1]]}}, xlabel="step", ylabel="loss (nats)")


def x_of(value, low, high):
    return LEFT + (RIGHT - LEFT) * (value - low) / (high - low)


def y_of(value, low, high):
    return FLOOR - (FLOOR - TOP) * (value - low) / (high - low)


def drawn(tab, panel, name, tag="path", field="d"):
    marks = tab.page.locator(f".panel >> nth={panel} >> {tag}[data-name={name}]")
    return pairs(" ".join(mark.get_attribute(field) for mark in marks.all()))


def expected_norms(values):
    return [
        (x_of(layer, 1 - 0.08, 3 + 0.08), y_of(math.log10(value), -4, 1))
        for layer, value in zip((1, 2, 3), values, strict=True)
        if math.isfinite(value)
    ]


@pytest.mark.parametrize(("step", "rate"), [(0, 1), (1, 0), (2, 1)])
def test_the_drawn_lines_are_the_recorded_numbers(browser, page, step, rate):  # noqa: F811
    tab = Tab(browser, page, address=f"#step={10 * step}&rate={[0.1, 1.0][rate]}")
    line, outline = drawn(tab, 0, "tanh"), drawn(tab, 0, "tanh", "polygon", "points")
    assert line == [pytest.approx(place, abs=0.011) for place in expected_norms(NORMS[step][rate])]
    upper, lower = (expected_norms(ends[step][rate]) for ends in (HIGH, LOW))
    assert outline == [pytest.approx(place, abs=0.011) for place in upper + lower[::-1]]
    # The check can fail: another position, and a band that crosses over.
    assert line != [pytest.approx(place, abs=0.011) for place in expected_norms(NORMS[1][1])]
    assert outline != [pytest.approx(place, abs=0.011) for place in upper + lower]


def test_the_check_of_a_whole_view_finds_what_is_off(browser, page):  # noqa: F811
    tab = Tab(browser, page, address="#step=10&rate=1")
    assert differences(tab) == ([], 2)
    tab.page.evaluate(
        "document.querySelector('path[data-name=SGD]').setAttribute('d', 'M156 191.5L336 131.2')"
    )
    (told,), _ = differences(tab)
    assert told.startswith("Path, SGD: [(156.0, 191.5), (336.0, 131.2)] instead of")


def test_a_path_ends_where_the_slider_is(browser, page):  # noqa: F811
    tab = Tab(browser, page, address="#step=0")
    places = [(x_of(x, -1, 3), y_of(y, -1, 3)) for x, y in zip(PATH_X, PATH_Y, strict=True)]
    for count in (1, 2, 3):
        assert drawn(tab, 1, "SGD") == [pytest.approx(place, abs=0.011) for place in places[:count]]
        head = tab.page.locator("circle.head[data-name=SGD]")
        at = [float(head.get_attribute(name)) for name in ("cx", "cy")]
        assert at == pytest.approx(places[count - 1], abs=0.011)
        tab.page.locator("input[name=step]").press("ArrowRight")


def test_a_plane_has_its_rows_from_the_bottom(browser, page):  # noqa: F811
    tab = Tab(browser, page)
    cells = tab.page.locator(".panel >> nth=1 >> rect").all()
    found = [[cell.get_attribute(name) for name in ("x", "y", "fill", "opacity")] for cell in cells]
    middle_x, middle_y = x_of(1, -1, 3), y_of(1, -1, 3)
    assert [(float(x), float(y), fill, float(opacity)) for x, y, fill, opacity in found] == [
        (LEFT, middle_y, "#0072B2", 0.6),
        (middle_x, middle_y, "#D55E00", 0.6),
        (LEFT, TOP, "#D55E00", 0.0),
        (middle_x, TOP, "#0072B2", 0.3),
    ]


def test_sliders_move_by_keyboard_and_say_where_they_are(browser, page):  # noqa: F811
    tab = Tab(browser, page, address="#step=0")
    slider, rate = (tab.page.locator(f"input[name={name}]") for name in ("step", "rate"))
    assert rate.get_attribute("aria-valuetext") == "1"
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "10"
    assert tab.page.evaluate("location.hash") == "#step=10&rate=1"
    slider.press("PageUp")
    assert slider.get_attribute("aria-valuetext") == "20"
    rate.press("Home")
    assert tab.page.evaluate("location.hash") == "#step=20&rate=0.1"
    slider.press("PageDown")
    assert "#step=10" in tab.page.evaluate("location.hash")
    assert tab.logged == []


def test_play_goes_to_the_end_and_starts_again(browser, page):  # noqa: F811
    tab = Tab(browser, page, address="#step=10")
    button = tab.page.get_by_role("button", name="Play")
    button.click()
    assert tab.page.get_by_role("button", name="Pause").is_visible()
    tab.page.wait_for_function("location.hash.startsWith('#step=20')")
    button.wait_for()  # is called Play again
    button.click()
    tab.page.wait_for_function("location.hash.startsWith('#step=0')")
    tab.page.get_by_role("button", name="Pause").click()
    assert button.is_visible()


def test_values_are_told_to_pointer_keys_and_as_a_table(browser, page):  # noqa: F811
    tab = Tab(browser, page, address="#step=0&rate=0.1")
    panel, readout = tab.page.locator(".panel svg >> nth=0"), tab.page.locator(".readout >> nth=0")
    panel.focus()
    assert readout.text_content() == "tanh: 0.001 (5 × 10⁻⁴ to 0.003) at 1"
    for _ in range(15):
        panel.press("ArrowRight")
    assert readout.text_content() == "tanh: 0.01 (0.005 to 0.03) at 2"
    box = panel.bounding_box()
    tab.page.mouse.move(box["x"] + 0.95 * box["width"], box["y"] + box["height"] / 2)
    assert readout.text_content() == "tanh: 0.1 (0.05 to 0.3) at 3"
    tab.page.locator(".view summary").press("Enter")
    tab.page.locator(".view tbody tr").first.wait_for()
    rows = tab.page.locator(".view tbody tr").all_inner_texts()
    assert rows[0].split("\t") == ["Norms", "tanh", "1", "0.001", "5 × 10⁻⁴", "0.003"]
    assert len(rows) == 3 + 1 + 1  # layers, the head of the path, the point


def test_results_are_covered_until_all_is_predicted(browser, page):  # noqa: F811
    tab = Tab(browser, page)
    answer, view, figure = (tab.page.locator(name) for name in ("#answer", ".view", "#loss"))
    assert not any(part.is_visible() for part in (answer, view, figure))
    tab.page.get_by_label("A fifth").check()
    told = tab.page.locator(".told >> nth=0")
    assert told.inner_text().startswith("Right. It is 0.22.")
    assert told.locator("img").is_visible()
    assert not answer.is_visible()
    tab.page.get_by_label("Yes").check()
    assert tab.page.locator(".told >> nth=1").inner_text() == "It came out otherwise. None of 5."
    status = tab.page.locator("#predictions [role=status]")
    assert status.inner_text() == "Right: 1 of 2 on this page, 1 of 2 in all labs."
    assert all(part.is_visible() for part in (answer, view, figure))
    tab.page.reload()  # kept
    assert status.inner_text() == "Right: 1 of 2 on this page, 1 of 2 in all labs."
    assert figure.is_visible()
    tab.page.get_by_role("button", name="Forget my predictions").click()
    assert status.inner_text() == ""
    assert not answer.is_visible()
    assert tab.page.get_by_label("Yes").is_enabled()
    tab.page.get_by_role("button", name="Show all results").click()
    assert answer.is_visible()
    assert tab.logged == []


def test_a_link_to_a_result_shows_it(browser, page):  # noqa: F811
    assert Tab(browser, page, address="#statement-1").page.locator("#statement-1").is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_without_scripts_all_is_there_but_what_needs_them(browser, page, width):  # noqa: F811
    tab = Tab(browser, page, width, scripts=False)
    for name in ("#answer", "#loss img", "#statement-2", "noscript"):
        assert tab.page.locator(name).first.is_visible(), name
    assert not tab.page.locator("#predictions").is_visible()
    assert tab.overflows() <= 0


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_leaves_overflows_or_complains(browser, page, width):  # noqa: F811
    tab = Tab(browser, page, width)
    assert tab.overflows() <= 0  # covered
    tab.page.get_by_role("button", name="Show all results").click()
    assert tab.overflows() <= 0
    assert tab.requests == []
    assert tab.logged == []
    tab.page.evaluate("document.body.innerHTML += '<div style=\"width: 200vw; height: 1px\">.</div>'")
    assert tab.overflows() > 0  # the check can fail


@needs_axe
@pytest.mark.parametrize("width", WIDTHS)
def test_no_violation_of_accessibility(browser, page, width):  # noqa: F811
    tab = Tab(browser, page, width)
    assert tab.violations() == {}
    tab.page.get_by_role("button", name="Show all results").click()
    for summary in tab.page.locator("summary").all():
        summary.click()
    assert tab.violations() == {}
    tab.page.evaluate("document.querySelector('#loss img').removeAttribute('alt')")
    assert list(tab.violations()) == ["image-alt"]  # the check can fail


def test_the_score_is_that_of_all_labs(browser, tmp_path):  # noqa: F811
    parts = {"loss": exhibit()}, FINDINGS, RUNS, SETTINGS, ANSWER
    first, second = (report.write_lab(tmp_path, dataclasses.replace(PAGE, number=n), *parts) for n in (4, 5))
    tab = Tab(browser, first)
    tab.page.get_by_label("A fifth").check()
    tab.page.goto(second.as_uri())
    tab.page.get_by_label("Yes").check()
    assert tab.page.locator("#predictions [role=status]").inner_text() == (
        "Right: 0 of 1 on this page, 1 of 2 in all labs."
    )
    tab.page.goto(site.write_site(tmp_path, tmp_path).as_uri())
    assert tab.page.locator("main > .score [role=status]").inner_text() == (
        "Right predictions: 1 of 2 in all labs."
    )
    tab.page.get_by_role("button", name="Forget my predictions").click()
    tab.page.goto(first.as_uri())
    assert tab.page.get_by_label("A fifth").is_enabled()
