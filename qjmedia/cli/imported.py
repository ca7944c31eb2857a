"""What an import did, or would do, as it is shown: text and JSON."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from qjmedia.actions.ledger.outcomes import Ledger, Remark
    from qjmedia.actions.ledger.tables import Row

NAMED_ROWS = 8
"""How many row numbers a remark lists."""
SHOWN_CHANGES = 20
"""How many changed or added rows the preview names; JSON has them all."""


def show(ledger: "Ledger", *, quiet: bool) -> None:
    """Print the figures and the refused rows; what is changed and remarked on goes to stderr."""
    from qjmedia.actions.ledger.outcomes import Outcome
    from qjmedia.cli.output import note
    from qjmedia.cli.table import table
    from qjmedia.model.privacy import mask_text

    figures = "，".join(
        f"{title} {ledger.count(outcome)}"
        for title, outcome in (
            ("新增", Outcome.ADDED),
            ("变更", Outcome.CHANGED),
            ("不变", Outcome.UNCHANGED),
            ("未导入", Outcome.REFUSED),
        )
    )
    typer.echo(f"共 {len(ledger.lines)} 行：{figures}")
    sheets = any(line.row.sheet for line in ledger.refused)
    if ledger.refused:
        table(
            (*(["工作表"] if sheets else []), "行", "列", "媒体名称", "原因"),
            [
                (
                    *([line.row.sheet] if sheets else []),
                    str(line.row.number),
                    f"{line.letter} {_fit(line.column)}".strip(),
                    _fit(line.name),
                    mask_text(line.reason),
                )
                for line in ledger.refused
            ],
        )
    for told in (*_changes(ledger), *_remarks(ledger)):
        note(told, quiet=quiet)


def as_json(ledger: "Ledger", commit: str | None) -> dict[str, Any]:
    """Return all of it as one document; phones are masked."""
    from qjmedia.actions.ledger.outcomes import Outcome
    from qjmedia.cli.output import changed

    counts: dict[str, Any] = {outcome.value: ledger.count(outcome) for outcome in Outcome}
    return {
        "version": 1,
        "summary": {"rows": len(ledger.lines), **counts, "aside": ledger.aside},
        "refused": [
            {
                **_place(line.row),
                "column": _fit(line.column),
                "letter": line.letter,
                "reason": line.reason,
            }
            for line in ledger.refused
        ],
        "commit": commit,
        "added": [
            {**_place(line.row), "id": line.id, "name": line.name}
            for line in ledger.lines
            if line.outcome is Outcome.ADDED
        ],
        "changed": [
            {**_place(line.row), "id": line.id, "changes": changed(line.changes)}
            for line in ledger.lines
            if line.outcome is Outcome.CHANGED
        ],
        "units": [{"id": unit.id, "name": unit.name, "kind": unit.kind} for unit in ledger.units],
        "unknown_units": [
            {"name": _fit(name), "rows": count} for name, count in ledger.unknown_units.items()
        ],
        "ignored": [_fit(name) for name in ledger.ignored],
        "guessed": [
            {"sheet": sheet, "column": _fit(each.header), "letter": each.letter, "as": each.meant}
            for sheet, each in ledger.guessed
        ],
        "passed_over": [
            {"sheet": each.sheet, "row": each.row, "why": each.why, "text": _fit(each.text)}
            for each in ledger.passed_over
        ],
        "cleaned": dict(ledger.cleaned),
        "remarks": [
            {"sheet": each.sheet, "row": each.row, "text": each.text} for each in ledger.remarks
        ],
    }


def _place(row: "Row") -> dict[str, Any]:
    return {"sheet": row.sheet, "row": row.number}


def _fit(text: str) -> str:
    """Return a text of the file fit to be shown: short, phones masked, no identity numbers."""
    from qjmedia.actions.ledger.cells import shown

    return shown(text)


def _changes(ledger: "Ledger") -> Iterator[str]:
    from qjmedia.actions.history import finely
    from qjmedia.actions.ledger.outcomes import Outcome
    from qjmedia.cli.output import describe

    lines = [line for line in ledger.lines if line.outcome is Outcome.CHANGED]
    for line in lines[:SHOWN_CHANGES]:
        yield f"变更 {line.row.place} {line.name}（{line.id}）："
        fine = (each for change in line.changes for each in finely(change))
        yield from describe(fine, _title(ledger))
    if len(lines) > SHOWN_CHANGES:
        yield f"……另有 {len(lines) - SHOWN_CHANGES} 行变更（--json 列出全部）"


def _title(ledger: "Ledger") -> Any:
    from qjmedia.actions.fields import title_of

    return lambda name: title_of(name, ledger.fields)


def _remarks(ledger: "Ledger") -> Iterator[str]:
    yield from _of_sheets(ledger)
    if ledger.aside:
        yield f"另有 {ledger.aside} 行不符合 --only，没有读。"
    if ledger.ignored:
        names = "、".join(_fit(name) for name in ledger.ignored)
        yield f"没有读的列：{names}（要读就用 --map 列=字段）"
    for each in dict.fromkeys(column for _, column in ledger.guessed):
        yield (
            f"注意：列“{_fit(each.header)}”（{each.letter} 列）按相近读作“{each.meant}”；"
            f"不对就用 --map {each.letter}=字段，不读就用 --map {each.letter}=不读"
        )
    for aside in ledger.passed_over:
        where = f"工作表“{aside.sheet}”" if aside.sheet else ""
        yield f"没有当作一行登记：{where}第 {aside.row} 行（{aside.why}）{_fit(aside.text)}"
    if ledger.unknown_units:
        names = "、".join(
            f"{_fit(name)}（{count} 行）" for name, count in ledger.unknown_units.items()
        )
        count = len(ledger.unknown_units)
        yield f"单位表中没有的单位 {count} 个：{names}"
        yield "  核对写法；确是新单位的，加 --create-units 一并建立，或先 qjmedia unit add"
    if ledger.units:
        yield f"新建单位 {len(ledger.units)} 个，请核对类别："
        for kind in dict.fromkeys(unit.kind for unit in ledger.units):
            yield f"  {kind}：{'、'.join(u.name for u in ledger.units if u.kind is kind)}"
    if ledger.cleaned:
        counts = "，".join(f"{what} {count} 处" for what, count in ledger.cleaned.items())
        yield f"清理：{counts}"
    yield from (_told(text, rows) for text, rows in _grouped(ledger.remarks))


def _of_sheets(ledger: "Ledger") -> Iterator[str]:
    """Say where the ledgers were found, if there was anything to find."""
    for read in ledger.tables:
        table = read.table
        if table.sheet:
            heads = [head.letter for head in table.heads if head.name in read.columns.letters]
            yield (
                f"工作表“{table.sheet}”：{len(table.rows)} 行，{heads[0]} 到 {heads[-1]} 列，"
                f"认出 {len(read.columns.known)} 列"
            )


def _grouped(remarks: "Iterable[Remark]") -> "Iterable[tuple[str, list[Remark]]]":
    rows: defaultdict[str, list[Remark]] = defaultdict(list)
    for remark in remarks:
        rows[remark.text].append(remark)
    return rows.items()


def _told(text: str, remarks: "Sequence[Remark]") -> str:
    numbers = [f"{each.sheet} {each.row}".strip() for each in remarks if each.row]
    if not numbers:
        return f"注意：{text}"
    shown = "、".join(numbers[:NAMED_ROWS])
    more = f" 等 {len(numbers)} 行" if len(numbers) > NAMED_ROWS else " 行"
    return f"注意：{text}（第 {shown}{more}）"
