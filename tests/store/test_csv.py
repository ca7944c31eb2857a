"""CSV files as Excel, WPS and people write them."""

import codecs
import os
from pathlib import Path

import pytest

from qjmedia.errors import BadRequest
from qjmedia.store import csv

TEXT = "媒体名称,类型\n示例学院,公众号\n"


def written(folder: Path, data: bytes) -> Path:
    path = folder / "台账.csv"
    path.write_bytes(data)
    return path


def cells(path: Path) -> list[list[str]]:
    return [list(row.cells.values()) for row in csv.read(path).rows]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
        TEXT.replace(",", "\t").encode("utf-16"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
)
def test_every_usual_encoding_and_delimiter_is_read(tmp_path: Path, data: bytes) -> None:
    sheet = csv.read(written(tmp_path, data))
    assert sheet.columns == ("媒体名称", "类型")
    assert [dict(row.cells) for row in sheet.rows] == [{"媒体名称": "示例学院", "类型": "公众号"}]


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = written(tmp_path, '\n名称,备注\n\n甲,"两\n行"\n , \n乙,\n'.encode())
    assert [row.number for row in csv.read(path).rows] == [4, 6]


def test_cells_stay_as_they_stand(tmp_path: Path) -> None:
    path = written(tmp_path, "名称,账号\n 甲 ,\u00a0qjnu\u200b\n".encode())
    assert cells(path) == [[" 甲 ", "\u00a0qjnu\u200b"]]


def test_short_rows_are_filled_and_long_ones_show_what_sticks_out(tmp_path: Path) -> None:
    path = written(tmp_path, "名称,账号,,\n甲\n乙,b,,\n丙,c,多,余\n".encode())
    sheet = csv.read(path)
    assert sheet.columns == ("名称", "账号")
    assert [row.surplus for row in sheet.rows] == [(), (), ("多", "余")]
    assert sheet.rows[0].cells == {"名称": "甲", "账号": ""}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "是空的"),
        (b"\n ,\n", "是空的"),
        ("名称,手机,手机\n".encode(), "两列都叫“手机”"),
        (b"PK\x03\x04rest", "Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0rest", "Excel 工作簿"),
        ("名称\n甲".encode("utf-16-le"), "不是文本"),
        (b"\xff\xff\xff\x00\x81", "不是文本"),
        ('名称,备注\n甲,"没有\n完'.encode(), "引号没有成对"),
        (("名称\n" + "甲\n" * 20_001).encode(), "超过"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(BadRequest, match=told) as refused:
        csv.read(written(tmp_path, data))
    assert refused.value.hint


def test_no_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="没有这个文件"):
        csv.read(tmp_path / "没有.csv")
    with pytest.raises(BadRequest, match="不是普通文件"):
        csv.read(tmp_path)
    os.mkfifo(tmp_path / "管道.csv")
    with pytest.raises(BadRequest, match="不是普通文件"):
        csv.read(tmp_path / "管道.csv")


def test_what_is_written_holds_no_formula_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "待改.csv"
    csv.write(path, [("名称", "备注"), ("=1+1", "@x"), ("甲,乙", "-")])
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    assert cells(path) == [["'=1+1", "'@x"], ["甲,乙", "'-"]]
    assert [csv.unharmed(cell) for cell in ("'=1+1", "'甲", "'")] == ["=1+1", "'甲", "'"]


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path, b"mine")
    with pytest.raises(BadRequest, match="不会覆盖"):
        csv.write(path, [("名称",)])
    assert path.read_bytes() == b"mine"
