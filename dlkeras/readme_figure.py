"""Puts a lab's first figure beside its README, a small PNG: `python -m dlkeras.readme_figure SCRIPT`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PIL import Image

from dlkeras.page import read_page

WIDTHS = 1200, 1000, 800  # pixels: sharp at the width that a repository's site gives a README
COLORS = 256
MAX_BYTES = 80_000


def write_figure(script: str | Path, results: str | Path = "results") -> Path:
    """Shrinks the first figure of a lab's last full run to at most 80 kB."""
    folder = Path(results) / f"lab-{read_page(script).number:02d}"
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} must hold a run of the lab. Run it first, without --quick.")
    name = json.loads((folder / "settings.json").read_text(encoding="utf-8"))["page"]["thumbnail"]
    full, path = Image.open(folder / name).convert("RGB"), Path(script).with_name("figure.png")
    for width in WIDTHS:
        small = full.resize((width, round(full.height * width / full.width)), Image.Resampling.LANCZOS)
        small.quantize(COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MAX_BYTES:
            break
    return path


if __name__ == "__main__":
    print(f"Figure: {write_figure(sys.argv[1])}")
