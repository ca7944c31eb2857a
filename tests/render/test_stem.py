"""File names that every file system takes."""

import pytest
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st
from render import given

from qjmedia.render.stem import distinct, stem_of


def test_a_stem_says_whose_form_it_is() -> None:
    assert given.form().stem == "数学学院-曲靖师范学院数学学院-申请表"


def test_a_nameless_draft_is_called_by_its_id() -> None:
    assert given.form(name="", owner="").stem == "math-wechat-申请表"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../../etc/passwd", "_.._etc_passwd-申请表"),
        ('a\\b:c*d?e"f<g>h|i', "a_b_c_d_e_f_g_h_i-申请表"),
        ("CON.txt", "_CON.txt-申请表"),
        ("-rf", "rf-申请表"),
        ("名.  ", "名-申请表"),
        ("\u202egpj\u200b\x00", "_gpj__-申请表"),
    ],
)  # fmt: skip
def test_what_a_file_system_forbids_is_replaced(name: str, stem: str) -> None:
    assert stem_of("", name, "申请表") == stem


@settings(deadline=None)
@every(st.text(), st.text())
def test_any_name_makes_a_file_name(unit: str, name: str) -> None:
    stem = stem_of(unit, name, "申请表")
    assert len(f"{stem}-{'x' * 64}.docx".encode()) <= 255
    assert not set(stem) & set('<>:"/\\|?*\0\n')
    assert stem[0] not in ".- "


def test_forms_that_would_be_one_file_take_their_ids() -> None:
    forms = [given.form(), given.form(id="math-weibo"), given.form(name="别的")]
    assert distinct(forms) == (
        "数学学院-曲靖师范学院数学学院-申请表-math-wechat",
        "数学学院-曲靖师范学院数学学院-申请表-math-weibo",
        "数学学院-别的-申请表",
    )
