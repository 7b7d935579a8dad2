"""A lab's folder with all its parts, that trains nothing."""

from pathlib import Path

SCRIPT = '''"""Why?

The rest.
"""

# %% Settings
epochs = 3

# %% One network
print(epochs)

# %% Many networks
pass
'''
TEXT = """# Why?

A summary
in two lines.

![A line that falls](figure.png)

## Definitions

- **Term**: its
  meaning.
- **Other**: more.

## Experiment

One.

Two
lines.

## Warnings

- Careful.

## Questions

- And then? `make lab-3 ARGS="--seeds 9"`

## Source

A book.
"""


def write_folder(folder: Path, text: str = TEXT, name: str = "lab_03_some_name") -> Path:
    """Writes the folder and gives the path of its script."""
    (folder / name).mkdir()
    (folder / name / "README.md").write_text(text, encoding="utf-8")
    (folder / name / "experiment.py").write_text(SCRIPT, encoding="utf-8")
    return folder / name / "experiment.py"
