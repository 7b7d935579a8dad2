"""Where the numbers of a view must be drawn, worked out again in Python, and where they are."""

import json
import math
import re

LEFT, RIGHT, TOP, FLOOR = 66, 440 - 14, 10, 300 - 48  # the frame of a panel, in the units of its viewBox
CLOSE = 0.011  # coordinates are written with two decimals


def share(value, axis):
    """Where a number is along an axis, from 0 to 1."""
    low, high = axis["ends"]
    if axis["log"]:
        value, low, high = (math.log10(number) for number in (value, low, high))
    return (value - low) / (high - low)


def picked(nested, by, places):
    for name in by:
        nested = nested[places[name]]
    return nested


def expected_path(panel, line, places):
    """Coordinates of the points of a line that sliders at these places show."""
    x, y = picked(line["x"], line["x_by"], places), picked(line["y"], line["by"], places)
    end = places[line["until"]] + 1 if line["until"] else len(y)
    return [
        (LEFT + (RIGHT - LEFT) * share(a, panel["x"]), FLOOR - (FLOOR - TOP) * share(b, panel["y"]))
        for a, b in zip(x[:end], y[:end], strict=True)
        if not any(n is None or (axis["log"] and n <= 0) for n, axis in ((a, panel["x"]), (b, panel["y"])))
    ]


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", text)]


def pairs(text):
    flat = numbers(text)
    return list(zip(flat[::2], flat[1::2], strict=True))


def differences(tab):
    """What is drawn otherwise than the record says, in words; and how many lines were compared."""
    view = json.loads(tab.page.locator(".view > script").text_content())
    sliders = tab.page.locator(".view input[type=range]").all()
    places = {slider.get_attribute("name"): int(slider.input_value()) for slider in sliders}
    wrong, count = [], 0
    for panel, box in zip(view["panels"], tab.page.locator(".view .panel").all(), strict=True):
        lines = [mark for mark in panel["marks"] if "y" in mark and mark["look"] != "points"]
        paths = [path.get_attribute("d") for path in box.locator("path[data-name]").all()]
        for line, path in zip(lines, paths, strict=True):
            found, expected = pairs(path), expected_path(panel, line, places)
            count += 1
            if len(found) != len(expected) or any(
                abs(a - b) > CLOSE
                for got, due in zip(found, expected, strict=True)
                for a, b in zip(got, due, strict=True)
            ):
                wrong.append(f"{panel['title']}, {line['name']}: {found[:3]} instead of {expected[:3]}")
    return wrong, count
