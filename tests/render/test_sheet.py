"""What has no room on a sheet of A4 is refused, whatever it would be written as."""

from dataclasses import replace

import pytest
from render import given

from qjmedia.errors import Refused
from qjmedia.model.words import FormKind
from qjmedia.render.docx import docx
from qjmedia.render.fonts import BUNDLED, choose
from qjmedia.render.form import Form
from qjmedia.render.html import html
from qjmedia.render.pdf import pdf
from qjmedia.render.sheet import refuse_long

TOO_LONG: dict[str, Form] = {
    "申请表": given.form(**{**given.LONGEST, "account": "W" * 500}),
    **{
        kind.value: given.longest_other(
            kind, filings=[given.FILING, {**given.LONGEST_OTHERS[kind], "reason": "缘由，" * 400}]
        )
        for kind in given.OTHERS
    },
    # a little: what of it had no room was once printed over the rest
    "a little": given.longest_other(
        FormKind.CANCELLATION,
        url=given.LONGEST["url"],
        supervisor=given.LONGEST["supervisor"],
        manager=given.LONGEST["manager"],
        filings=[
            given.FILING,
            {**given.LONGEST_OTHERS[FormKind.CANCELLATION], "proof": "证" * 300},
        ],
    ),
}


@pytest.mark.parametrize("form", TOO_LONG.values(), ids=TOO_LONG)
def test_what_has_no_room_on_a_sheet_is_refused_in_every_format(form: Form) -> None:
    form = replace(form, trace=given.TRACE)
    for layout in (docx, html):
        with pytest.raises(Refused, match="放不进一页 A4"):
            layout([form], given.TEMPLATES)
    with pytest.raises(Refused, match="放不进一页 A4"):
        pdf([form], given.TEMPLATES, choose(BUNDLED))


def test_the_longest_values_of_the_official_forms_have_room() -> None:
    refuse_long(given.form(**given.LONGEST))


def test_a_refusal_names_the_longest_field() -> None:
    with pytest.raises(Refused, match="最长的是“注销原因”，有 1200 字") as refusal:
        refuse_long(TOO_LONG["注销"])
    assert "附页" in refusal.value.hint
