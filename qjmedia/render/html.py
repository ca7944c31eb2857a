"""Forms as one HTML document: a sheet of A4 a copy, on the screen and from the printer."""

from collections.abc import Sequence
from pathlib import Path

from qjmedia.render import templates
from qjmedia.render.form import Form
from qjmedia.render.sheet import refuse_long

TEMPLATE = "form.html.j2"


def html(forms: Sequence[Form], folders: Sequence[Path]) -> str:
    """Return one document with a page for every copy of every form.

    It needs no network, no script and no second file; its policy forbids them. `folders` are where
    templates are looked for, the registry's own first.

    Raises:
        BadRequest: the template is wrong.
        Refused: a form has no room on its page.

    Measures: 第七条 (一式两份), 附表.
    """
    for form in forms:
        refuse_long(form)
    return templates.render(TEMPLATE, folders, forms=tuple(forms))
