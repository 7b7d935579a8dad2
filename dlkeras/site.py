"""The site over all labs: the path through the course, all statements, the glossary, a search.

`python -m dlkeras.site` writes it into results/, over the pages that are there.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dlkeras import glossary
from dlkeras.base import files, writing
from dlkeras.base.finding import MARKS
from dlkeras.findings import benjamini_hochberg
from dlkeras.page import read_page
from dlkeras.report import render, together

LABS = Path("labs")


def write_site(results: str | Path, labs: str | Path = LABS) -> Path:
    """Writes index.html, ledger.html and glossary.html over all labs whose pages are there.

    Args:
        results: Folder that `write_lab` wrote to; made if missing.
        labs: Folder of the labs; its README.md is the path through the course. Labs that it does not name
            come at the end.

    Returns:
        Path of the written index.html.

    Raises:
        ValueError: If the folder of a lab in `results` has no readable settings.json or findings.json.

    Example:
        >>> path = write_site("results", "labs")
    """
    results, labs = Path(results), Path(labs)
    results.mkdir(parents=True, exist_ok=True)
    run = {lab["number"]: lab for lab in map(_read_lab, sorted(results.glob("lab-*"))) if lab}
    path = read_path(labs)
    named = {lab["number"] for part in path for lab in part["labs"]}
    if others := [{"number": n, "about": ""} for n in sorted(run) if n not in named]:
        path.append({"title": "Other labs", "labs": others})
    for part in path:
        part["labs"] = [{"counts": None, **lab, **run.get(lab["number"], {})} for lab in part["labs"]]
    rows = list(_ledger(path))
    terms = [*glossary.COURSE, *((w[0].upper() + w[1:], "", m) for w, m in glossary.WORDS.items())]
    terms = sorted(((term, vi, m[0].upper() + m[1:]) for term, vi, m in terms), key=lambda t: t[0].lower())
    filters = {
        "Verdict": [verdict for verdict in MARKS if any(row["verdict"] == verdict for row in rows)],
        "Topic": list(dict.fromkeys(row["topic"] for row in rows)),
        "Week": list(dict.fromkeys(row["week"] for row in rows)),
    }
    found = together([finding for lab in run.values() for finding in lab["findings"]], benjamini_hochberg)
    entries = json.dumps(list(_entries(path, rows, terms)), ensure_ascii=False).replace("<", "\\u003c")
    files.write(results / "ledger.html", render("ledger.html", rows=rows, filters=filters))
    files.write(results / "glossary.html", render("glossary.html", terms=terms))
    files.write(results / "index.html", render("index.html", path=path, together=found, entries=entries))
    return results / "index.html"


def read_path(labs: Path) -> list[dict[str, Any]]:
    """Reads the path through the course from the README.md of the labs, with the question of each."""
    if not (labs / "README.md").exists():
        return []
    _, *parts = re.split(r"^## (.+)\n", (labs / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    path = []
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        found = re.findall(r"^- \[Lab (\d+)\]\((.+?)/\): (.+)$", text, flags=re.MULTILINE)
        path.append({"title": title, "labs": [_named(labs / folder, about) for _, folder, about in found]})
    return path


def _named(folder: Path, about: str) -> dict[str, Any]:
    page = read_page(folder / "experiment.py")
    return {"number": page.number, "title": page.title, "about": about}


def _read_lab(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads((folder / "settings.json").read_text(encoding="utf-8"))["page"]
        findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
        counts = {verdict: sum(f["verdict"] == verdict for f in findings) for verdict in MARKS}
        return {**about, "folder": folder.name, "counts": counts, "findings": findings}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"`results` must hold labs as `write_lab` wrote them. Received: {folder} ({error!r}). "
            f"Run the lab again or remove the folder."
        ) from error


def _ledger(path: Sequence[dict]) -> Iterator[dict[str, Any]]:
    """Yields every statement of every lab that was run, with where it stands."""
    for part in path:
        for lab in part["labs"]:
            for place, finding in enumerate(lab.get("findings", ()), start=1):
                effect = finding["effect"]
                yield {
                    **{name: finding[name] for name in ("statement", "source", "verdict", "measured")},
                    **{"number": lab["number"], "topic": lab["slug"].replace("-", " ").capitalize()},
                    "week": part["title"].partition(":")[0],
                    "effect": "–" if effect is None else f"{writing.number(effect)} {finding['unit']}",
                    "link": f"{lab['folder']}/index.html#statement-{place}",
                }


def _entries(path: Sequence[dict], rows: Sequence[dict], terms: Sequence[tuple]) -> Iterator[dict[str, str]]:
    """Yields what the search looks through: title, text and address of each."""
    for term, vietnamese, meaning in terms:
        address = f"glossary.html#{term.lower().replace(' ', '-')}"
        yield {"title": term, "text": f"{vietnamese} {meaning}".strip(), "url": address}
    for lab in [lab for part in path for lab in part["labs"] if lab["counts"]]:
        address = f"{lab['folder']}/index.html"
        text = f"{lab.get('answer', '')} {lab['summary']}".strip()
        yield {"title": f"Lab {lab['number']}: {lab['title']}", "text": text, "url": address}
        for term, meaning in lab.get("definitions", ()):
            yield {"title": term, "text": meaning, "url": f"{address}#definitions"}
    for row in rows:
        text = f"{row['verdict']}: {row['measured']}, {row['effect']}"
        yield {"title": f"“{row['statement']}”", "text": text, "url": row["link"]}


if __name__ == "__main__":
    print(f"Site: {write_site(*sys.argv[1:] or ['results']).resolve()}")
