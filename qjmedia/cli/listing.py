"""Platforms as a list: a table on a terminal, tab-separated lines elsewhere, or JSON."""

from collections.abc import Iterable

from qjmedia.cli.output import cell, emit, note, remark, table
from qjmedia.model.platform import Platform
from qjmedia.model.privacy import masked
from qjmedia.model.unit import Units

TITLES = ("id", "名称", "类型", "级别", "所属单位", "状态")


def show(
    platforms: Iterable[Platform], units: Units, *, json: bool, full: bool, quiet: bool
) -> None:
    """Print platforms; phones are masked unless `full`."""
    found = list(platforms)
    if json:
        trees = [each.tree if full else masked(each.tree) for each in found]
        emit({"version": 1, "platforms": trees})
        return
    if quiet:
        for each in found:
            print(cell(each.id))  # noqa: T201  one id a line, for scripts
        return
    if not found:
        note("没有符合条件的平台。")
        return
    table(
        TITLES,
        (
            (
                each.id,
                remark(each.name, full=full),
                each.kind,
                each.tier or "",
                units.name_of(each.owner),
                each.status or "",
            )
            for each in found
        ),
    )
    note(f"共 {len(found)} 个平台")
