"""Templates come in through pull requests: found where they may be, and caged."""

import sys
from pathlib import Path

import pytest
from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from render import given

from qjmedia.errors import BadRequest
from qjmedia.render import bounds, vocabulary
from qjmedia.render.bounds import bounded
from qjmedia.render.html import html
from qjmedia.render.templates import render


def write(folder: Path, text: str) -> tuple[Path]:
    (folder / "form.html.j2").write_text(text, encoding="utf-8")
    return (folder,)


def test_the_registrys_template_comes_before_the_packaged_one(tmp_path: Path) -> None:
    folders = (*write(tmp_path, "{{ forms[0].title }}"), *given.TEMPLATES)
    assert html([given.form()], folders) == "曲靖师范学院新媒体备案申请表"


def test_without_its_own_the_packaged_template_serves(tmp_path: Path) -> None:
    assert "<!doctype html>" in html([given.form()], (tmp_path, *given.TEMPLATES))


def test_a_template_that_changed_is_read_anew(tmp_path: Path) -> None:
    assert html([], write(tmp_path, "一")) == "一"
    assert html([], write(tmp_path, "二")) == "二"


@pytest.mark.parametrize(
    "text",
    [
        "{{ forms.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ forms[0].height.__globals__ }}",
        "{{ forms[0]|attr('__init__') }}",
        "{{ '{0.__class__}'.format(forms) }}",
    ],
)
def test_a_hostile_template_reaches_no_inner_attribute(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        html([given.form()], write(tmp_path, text))
    assert isinstance(refusal.value.__cause__, SecurityError)


def test_a_missing_variable_is_an_error_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"form\.html\.j2 第 2 行") as refusal:
        html([given.form()], write(tmp_path, "\n{{ forms[0].titel }}"))
    assert isinstance(refusal.value.__cause__, UndefinedError)


def test_a_slip_of_the_pen_is_an_error_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="第 3 行") as refusal:
        html([], write(tmp_path, "\n\n{% fro x in forms %}"))
    assert isinstance(refusal.value.__cause__, TemplateSyntaxError)


@pytest.mark.parametrize(
    "text", ["{{ 1 / 0 }}", "{{ 1 + 'a' }}", "{{ lipsum() }}", "{{ range(9) }}"]
)
def test_a_template_that_fails_is_no_crash(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadRequest):
        html([], write(tmp_path, text))


@pytest.mark.parametrize("name", ["../secret.j2", "/etc/passwd", "sub/x.j2", ".j2", "C:x.j2"])
def test_a_template_includes_nothing_outside_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.j2").write_text("secret")
    (tmp_path / "in").mkdir()
    with pytest.raises(BadRequest, match="找不到模板") as refusal:
        html([], write(tmp_path / "in", f"{{% include '{name}' %}}"))
    assert isinstance(refusal.value.__cause__, TemplateNotFound)


def test_a_link_is_no_template(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "form.html.j2").symlink_to(tmp_path / "secret")
    with pytest.raises(BadRequest, match="找不到模板"):
        html([], (tmp_path,))


def test_a_template_saved_as_gbk_is_named(tmp_path: Path) -> None:
    (tmp_path / "form.html.j2").write_bytes("登记表".encode("gb18030"))
    with pytest.raises(BadRequest, match="不是 UTF-8"):
        html([], (tmp_path,))


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    assert html([], write(tmp_path, "\ufeff表")) == "表"


def test_a_template_has_a_bounded_size(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="256 KB"):
        html([], write(tmp_path, "x" * 300_000))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process to a limit")
@pytest.mark.parametrize(
    "text",
    [
        '{{ "x" * 99999999 }}',
        '{{ "%99999999s" | format("x") }}',
        '{{ "x" | center(99999999) }}',
        '{% set x = "xxxxxxxx" %}' + "{% set x = x ~ x %}" * 24 + "{{ x }}",
    ],
)
def test_a_template_takes_no_more_memory_than_it_may(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SPARE_BYTES", 32 << 20)
    with bounded(60), pytest.raises(BadRequest, match=r"form\.html\.j2 .*要的内存太多"):
        html([], write(tmp_path, text))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process to a limit")
def test_a_look_at_a_template_takes_no_more_memory_either(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    monkeypatch.setattr(bounds, "SPARE_BYTES", 32 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with bounded(60):
        vocabulary.look("form.html.j2", '{{ "x" * 999999999 }}')
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 * 1024


def test_values_are_escaped_unless_the_template_says_otherwise(tmp_path: Path) -> None:
    assert render("form.html.j2", write(tmp_path, "{{ a }}"), a="<b>") == "&lt;b&gt;"
