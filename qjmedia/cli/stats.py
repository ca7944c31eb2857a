"""qjmedia stats."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options
from qjmedia.errors import BadRequest

if TYPE_CHECKING:
    from qjmedia.render.figures import Figures, Table

LONGEST_LABEL, NARROWEST_BAR = 26, 8
FULL, TICK = "█", "▏"


def stats(
    to: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="文件.xlsx", help="写成带图表的工作簿。"),
    ] = None,
    unit: options.UnitFilter = "",
    tier: options.TierFilter = "",
    kind: options.KindFilter = "",
    status: options.StatusFilter = "",
    root: options.Root = None,
    rev: options.Rev = "",
    today: options.Today = "",
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """统计：各级别、类型、单位、状态的平台，历年开通和注销、备案和变更报备是否按时，制度不全的单位。

    在册：已备案、已登记、责令关停；办理中：草稿、待审核、已驳回。

    \b
    例：qjmedia stats
        qjmedia stats --unit 数学学院
        qjmedia stats -o 统计.xlsx --today 2026-12-31
        qjmedia stats --rev v2025 --json
    """
    from qjmedia.actions.browse import Filter
    from qjmedia.actions.putting import put, refuse_inside
    from qjmedia.actions.stats import stats as run
    from qjmedia.cli.output import emit, note
    from qjmedia.cli.progress import reading
    from qjmedia.cli.session import cache_at, files_at, locate, the_day
    from qjmedia.store import records

    if to is not None and to.suffix.lower() != ".xlsx":
        raise BadRequest(f"{to.name} 不是工作簿的名称", hint=f"改成 {to.stem}.xlsx")
    files = files_at(root, rev)
    wanted = Filter.of(records.units(files), unit=unit, tier=tier, kind=kind, status=status)
    said = reading(quiet=quiet)
    figures = run(files, wanted, the_day(today), lambda: cache_at(root), said)
    if to is not None:
        from qjmedia.render.figures import xlsx

        refuse_inside(to, locate(root))
        put(to, xlsx(figures))
        note(f"已写 {figures.count} 个平台的统计到 {to}", quiet=quiet)
    if json:
        emit(figures.to_json())
    elif to is not None:
        typer.echo(str(to))
    elif sys.stdout.isatty():
        _draw(figures)
    else:
        for line in _plain(figures):
            typer.echo(line)


def _plain(figures: "Figures") -> Iterator[str]:
    """Yield tables as stable text: a title, then tab-separated lines."""
    from qjmedia.cli.output import cell

    yield f"{figures.title}　{figures.today}　共 {figures.count} 个平台"
    for table in figures.tables:
        yield ""
        yield f"# {table.title}"
        yield "\t".join(table.heads)
        for row in table.rows:
            yield "\t".join(cell(str(value)) for value in row)


def _draw(figures: "Figures") -> None:
    """Print tables with bars on a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(f"{figures.title}　{figures.today}　共 {figures.count} 个平台", style="bold")
    for table in figures.tables:
        console.print()
        console.print(Text(table.title, style="bold"))
        if not table.rows:
            console.print(Text("  （没有）", style="dim"))
            continue
        for line in _lines(table, console.width):
            console.print(Text(line), no_wrap=True, overflow="crop")


def _lines(table: "Table", width: int) -> Iterator[str]:
    """Yield a table's head and rows; the numbers that it is about have a bar behind them."""
    from rich.cells import cell_len, set_cell_size

    from qjmedia.cli.output import cell

    shown = [table.heads, *([cell(str(value)) for value in row] for row in table.rows)]
    widths = [max(cell_len(line[at]) for line in shown) for at in range(len(table.heads))]
    widths[0] = min(widths[0], LONGEST_LABEL)
    room = width - sum(widths) - 2 * len(widths) - 2
    totals = [_total(table, row) for row in table.rows]
    unit = max(totals, default=0) / room if room >= NARROWEST_BAR and table.has_chart else 0
    for at, line in enumerate(shown):
        texts = [set_cell_size(line[0], widths[0])]
        for value, wide in zip(line[1:], widths[1:], strict=True):
            pad = " " * (wide - cell_len(value))
            texts.append(
                value + pad if not table.has_chart and not value.isdigit() else pad + value
            )
        bar = _bar(totals[at - 1], unit) if at and unit else ""
        yield "  " + "  ".join((*texts, bar)).rstrip()


def _total(table: "Table", row: tuple[str | int, ...]) -> int:
    series = table.series if table.is_stacked else table.series[:1]
    return sum(value for at in series if isinstance(value := row[at], int))


def _bar(count: int, unit: float) -> str:
    """Return a bar; the least there is still shows."""
    return (FULL * int(count / unit) or TICK) if count else ""
