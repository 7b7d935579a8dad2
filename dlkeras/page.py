"""The text of a lab's page: its README.md, and the plain Keras code of its script."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SECTIONS = ("Definitions", "Experiment", "Warnings", "Questions", "Source")


@dataclass(frozen=True)
class Page:
    """The text of a lab's page; text between backticks is set as code.

    Args:
        number: Number of the lab, at least 1.
        slug: Short name, such as "vanishing-gradient".
        title: The question that the lab asks.
        summary: A paragraph: what varies, what is held fixed, what to look for.
        definitions: Terms with their meanings.
        experiment: Paragraphs on what was done.
        warnings: What the lab does not show.
        questions: Questions to go on with, each with the command that explores it.
        source: Course week, paper and equation.
        code: The case in plain Keras: what it shows, in a line, and its code; or nothing.
        printed: What it printed.

    Raises:
        ValueError: If `number` is below 1 or `slug`, `title`, `summary` or `source` is empty.

    Example:
        >>> page = Page(4, "vanishing-gradient", "Why do early layers learn slowest?", "Depth varies.",
        ...     definitions=[], experiment=[], warnings=[], questions=[], source="Glorot and Bengio (2010)")
    """

    number: int
    slug: str
    title: str
    summary: str
    definitions: Sequence[tuple[str, str]]
    experiment: Sequence[str]
    warnings: Sequence[str]
    questions: Sequence[tuple[str, str]]
    source: str
    code: tuple[str, str] | None = None
    printed: str = ""

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError(f"`number` must be at least 1. Received: number={self.number}.")
        for name in ("slug", "title", "summary", "source"):
            if not getattr(self, name).strip():
                raise ValueError(f"`{name}` must not be empty. Received: {name}={getattr(self, name)!r}.")


def read_page(script: str | Path) -> Page:
    """Reads what a lab's folder says: README.md, and the first cell of the script after its settings.

    README.md has a title, a summary with the first figure, and the sections of `SECTIONS` in their order.
    Definitions are a list of `- **Term**: meaning`, warnings a list, questions a list of a question followed
    by its command between backticks; the experiment is paragraphs.

    Args:
        script: The lab's script, `labs/lab_NN_some_name/experiment.py`.

    Returns:
        The page, with number and slug from the folder's name, without the figure.

    Raises:
        ValueError: If the name is no lab's, the sections are others, or an entry is not of its form.
        FileNotFoundError: If there is no such text.

    Example:
        >>> page = read_page("labs/lab_04_vanishing_gradient/experiment.py")
        >>> page.number, page.slug
        (4, 'vanishing-gradient')
    """
    folder = Path(script).parent
    name = re.fullmatch(r"lab_(\d+)_(\w+)", folder.name)
    if name is None:
        raise ValueError(
            f"`script` must be in a folder named lab_NN_some_name. Received: folder={folder.name!r}"
        )
    readme = (folder / "README.md").read_text(encoding="utf-8")
    head, *sections = re.split(r"^## (.+)\n", readme, flags=re.MULTILINE)
    title, _, summary = head.removeprefix("# ").partition("\n")
    found, texts = tuple(sections[::2]), dict(zip(sections[::2], sections[1::2], strict=True))
    if found != SECTIONS:
        raise ValueError(
            f"README.md must have the sections {', '.join(SECTIONS)}. Received: {', '.join(found)}"
        )
    return Page(
        number=int(name[1]),
        slug=name[2].replace("_", "-"),
        title=title.strip(),
        summary=_one_line(summary.partition("![")[0]),
        definitions=[_entry(item, r"\*\*(.+?)\*\*: (.+)") for item in _items(texts["Definitions"])],
        experiment=[_one_line(paragraph) for paragraph in texts["Experiment"].strip().split("\n\n")],
        warnings=_items(texts["Warnings"]),
        questions=[_entry(item, r"(.+?) `(.+)`") for item in _items(texts["Questions"])],
        source=_one_line(texts["Source"]),
        code=_plain_case(Path(script).read_text(encoding="utf-8")),
    )


def links_of(folder: Path, place: Path) -> dict[str, str]:
    """Gives the way from a folder to what a reader may open of a lab.

    Args:
        folder: Folder of the lab.
        place: Folder of its page.

    Returns:
        Name -> path, relative, of what there is: the script, the exercises.
    """
    files = {"The whole script": folder / "experiment.py", "Exercises": folder / "exercises"}
    return {
        name: Path(os.path.relpath(path.resolve(), place.resolve())).as_posix()
        for name, path in files.items()
        if path.exists()
    }


def find_labs(folder: str | Path = "labs") -> dict[int, Path]:
    """Finds the scripts of all labs by their numbers, in their order; none where the folder is missing."""
    return {
        int(path.parent.name.split("_")[1]): path for path in sorted(Path(folder).glob("lab_*/experiment.py"))
    }


def question_of(script: str | Path) -> str:
    """Reads a lab's question, the first line of its script."""
    with open(script, encoding="utf-8") as lines:
        return lines.readline().strip().strip('"')


def _plain_case(source: str) -> tuple[str, str] | None:
    cells = re.split(r"^# %% (.+)\n", source, flags=re.MULTILINE)[1:]  # title, code, title, code, ...
    return (cells[2], cells[3].strip()) if len(cells) > 3 else None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _items(text: str) -> list[str]:
    return [_one_line(item) for item in re.split(r"^- ", text.strip(), flags=re.MULTILINE)[1:]]


def _entry(item: str, form: str) -> tuple[str, str]:
    match = re.fullmatch(form, item)
    if match is None:
        raise ValueError(f"An entry must have the form {form}. Received: {item!r}")
    return match[1], match[2]
