"""CSV files as Excel, WPS and people write them."""

import codecs
import os
from pathlib import Path

import pytest

from qjmedia.errors import BadRequest
from qjmedia.store import csv, spreadsheet
from qjmedia.store.sheet import Line

TEXT = "媒体名称,类型\n示例学院,公众号\n"


def written(folder: Path, data: bytes) -> Path:
    path = folder / "台账.csv"
    path.write_bytes(data)
    return path


def lines(path: Path) -> list[Line]:
    return [*spreadsheet.read(path).sheets[0].lines]


def cells(path: Path) -> list[list[str]]:
    return [[*line.cells] for line in lines(path)]


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
    assert cells(written(tmp_path, data)) == [["媒体名称", "类型"], ["示例学院", "公众号"]]


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = written(tmp_path, '\n名称,备注\n\n甲,"两\n行"\n , \n乙,\n'.encode())
    assert [line.number for line in lines(path)] == [2, 4, 6]


def test_cells_stay_as_they_stand(tmp_path: Path) -> None:
    path = written(tmp_path, "名称,账号\n 甲 ,\u00a0qjnu\u200b\n".encode())
    assert cells(path)[1] == [" 甲 ", "\u00a0qjnu\u200b"]


def test_a_title_without_separators_does_not_hide_what_separates(tmp_path: Path) -> None:
    path = written(tmp_path, "示例台账，二〇二六年\n\n名称;账号;单位\n甲;a,b;乙\n".encode())
    assert cells(path)[1:] == [["名称", "账号", "单位"], ["甲", "a,b", "乙"]]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04rest", "不完整"),
        (b"\xd0\xcf\x11\xe0rest", "不完整"),
        ("名稱,帳號\n臺灣示例學院的粉絲專頁,x\n".encode("big5"), "编码认不出来"),
        (b",".join(b"x" for _ in range(600)), "512 列"),
        ("名称\n甲".encode("utf-16-le"), "不是文本"),
        (b"\xff\xff\xff\x00\x81", "不是文本"),
        ('名称,备注\n甲,"没有\n完'.encode(), "引号没有成对"),
        (("名称\n" + "甲\n" * 20_200).encode(), "超过"),
        (b"a\n" + b"\r" * 1_100_000 + b"b\n", "连空行超过"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(BadRequest, match=told) as refused:
        spreadsheet.read(written(tmp_path, data))
    assert refused.value.hint


def test_no_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="没有这个文件"):
        spreadsheet.read(tmp_path / "没有.csv")
    with pytest.raises(BadRequest, match="不是普通文件"):
        spreadsheet.read(tmp_path)
    os.mkfifo(tmp_path / "管道.csv")
    with pytest.raises(BadRequest, match="不是普通文件"):
        spreadsheet.read(tmp_path / "管道.csv")


def test_what_is_written_holds_no_formula_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "待改.csv"
    csv.write(path, [("名称", "备注"), ("=1+1", "@x"), ("甲,乙", "-")])
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    assert cells(path)[1:] == [["'=1+1", "'@x"], ["甲,乙", "'-"]]
    assert [csv.unharmed(cell) for cell in ("'=1+1", "'甲", "'")] == ["=1+1", "'甲", "'"]


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path, b"mine")
    with pytest.raises(BadRequest, match="不会覆盖"):
        csv.write(path, [("名称",)])
    assert path.read_bytes() == b"mine"
