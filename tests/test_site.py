"""The site over all labs that were run."""

import dataclasses
import os

import pytest
from report_samples import FINDINGS, PAGE, RUNS, SETTINGS, Reader, exhibit, write

from dlkeras import report, site


def test_index_lists_labs_by_number_with_verdicts(tmp_path):
    write(tmp_path, dataclasses.replace(PAGE, number=11, title="Which optimizer?"))
    write(tmp_path)
    reader = Reader(site.write_index(tmp_path).read_text(encoding="utf-8"))
    assert reader.text.index("Lab 4: Why do early") < reader.text.index("Lab 11: Which optimizer?")
    assert reader.text.count("✓ 1 supported ✗ 1 contradicted") == 2
    assert [image["src"] for image in reader.all("img")] == ["lab-04/loss.png", "lab-11/loss.png"]
    for attrs in reader.all("a"):
        assert (tmp_path / attrs["href"]).is_file()


def test_index_has_the_glossary_of_the_course(tmp_path):
    text = site.write_index(tmp_path).read_text(encoding="utf-8")
    for term in (
        "bias và phương sai, độ chệch và phương sai",
        "đánh đổi",
        "phương sai và độ lệch chuẩn",
        "chuẩn Frobenius",
        "phân rã trọng số, suy giảm trọng số",
    ):
        assert f'<span lang="vi">{term}</span>' in text
    assert "Dropout" in text
    assert "No lab has been run yet." in Reader(text).text
    assert os.listdir(tmp_path) == ["index.html"]


def test_index_names_a_broken_lab(tmp_path):
    (tmp_path / "lab-07").mkdir()
    with pytest.raises(ValueError, match="lab-07") as error:
        site.write_index(tmp_path)
    assert str(error.value) == (
        f"`results` must hold labs as `write_lab` wrote them. Received: {tmp_path / 'lab-07'} "
        f"({error.value.__cause__!r}). Run the lab again or remove the folder."
    )
    assert not (tmp_path / "index.html").exists()


def test_index_corrects_for_all_labs_together(tmp_path):
    for number, p_values in ((4, (0.001, 0.04)), (5, (0.03, 0.2))):
        page = dataclasses.replace(PAGE, number=number)
        findings = [
            dataclasses.replace(FINDINGS[0], p_value=p, verdict="supported" if p < 0.05 else "undecided")
            for p in p_values
        ]
        report.write_lab(tmp_path, page, {"loss": exhibit()}, findings, RUNS, SETTINGS)
    text = Reader(site.write_index(tmp_path).read_text(encoding="utf-8")).text
    assert "Of 4 statements left to chance, 3 have a verdict." in text
    # 0.04 at rank 3 of 4 is 0.053, 0.03 at rank 2 is 0.06 and so as much as the next: only the first stands.
    assert "1 of these stand" in text
    assert "Decade A factor of ten" in text
