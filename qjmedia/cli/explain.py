"""qjmedia explain."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from qjmedia.actions.explain import Code
    from qjmedia.store.files import Files


def explain(
    code: Annotated[
        str, typer.Argument(metavar="[代码]", help="规则的代码，如 QJ0505；不写则列出全部规则。")
    ] = "",
    root: options.Root = None,
    json: options.Json = False,
) -> None:
    """说明一条规则：错在哪里、依据哪一条、怎么读、错例、正例、怎么改。

    \b
    例：qjmedia explain QJ0505
        qjmedia explain 0505
        qjmedia explain --json
    """
    from qjmedia.actions import explain as action
    from qjmedia.cli.output import emit

    known = action.catalogue(_files(root))
    if not code:
        _list(known, json=json)
        return
    found = action.explain(code, known)
    if json:
        emit({"version": 1, **found.to_json()})
    else:
        typer.echo("\n".join(_lines(found)))


def _files(root: Path | None) -> "Files | None":
    """Return the registry whose schemas count; outside of any the tool's own do."""
    from qjmedia.cli.session import files_at
    from qjmedia.errors import NotARegistry

    try:
        return files_at(root)
    except NotARegistry:
        if root is not None:
            raise
        return None


def _list(known: Mapping[str, "Code"], *, json: bool) -> None:
    from qjmedia.cli.output import emit
    from qjmedia.cli.table import table
    from qjmedia.render.findings import WORDS

    if json:
        emit({"version": 1, "rules": [_row(each) for each in known.values()]})
        return
    rows = (
        (each.code, WORDS[each.severity], each.article, "；".join(_faults(each)))
        for each in known.values()
    )
    table(("代码", "轻重", "条款", "说明"), rows)


def _row(code: "Code") -> dict[str, str]:
    return {
        "code": code.code,
        "severity": code.severity.value,
        "article": code.article,
        "fault": "；".join(_faults(code)),
    }


def _faults(code: "Code") -> Iterator[str]:
    yield from dict.fromkeys(each.fault for each in code.faults)


def _lines(code: "Code") -> Iterator[str]:
    from qjmedia.render.findings import WORDS

    where = code.article or "登记库的形式"
    yield f"{code.code}  {WORDS[code.severity]}  {where}"
    for fault in code.faults:
        yield ""
        yield fault.fault
        for title, words in (
            ("依据", fault.basis),
            ("读法", fault.reading),
            ("错例", fault.wrong),
            ("正例", fault.right),
            ("改法", fault.fix),
        ):
            if words:
                yield f"  {title}：{words.replace(chr(10), chr(10) + '        ')}"
    for name, text in code.measures():
        yield ""
        yield f"{name}原文："
        yield f"  {text}"
    if any(fault.wrong.startswith("{") for fault in code.faults):
        yield ""
        yield "例子只写与一份正确的登记不同的地方；（无）表示没有这一项。"
