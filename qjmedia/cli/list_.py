"""qjmedia list."""

import sys

from qjmedia.cli import options


def list_(
    root: options.Root = None,
    rev: options.Rev = "",
    unit: options.UnitFilter = "",
    tier: options.TierFilter = "",
    kind: options.KindFilter = "",
    status: options.StatusFilter = "",
    json: options.Json = False,
    full: options.Full = False,
    quiet: options.Quiet = False,
) -> None:
    """列出平台，可按单位、级别、类型、状态筛选。

    \b
    例：qjmedia list
        qjmedia list --unit 数学学院 --kind 公众号
        qjmedia list --status 草稿 --json
    """
    from qjmedia.actions.browse import Filter
    from qjmedia.actions.listing import documents, listed
    from qjmedia.cli.listing import emit_records, show
    from qjmedia.cli.progress import reading
    from qjmedia.cli.session import cache_at, files_at
    from qjmedia.store import records

    files = files_at(root, rev)
    units = records.units(files)
    wanted = Filter.of(units, unit=unit, tier=tier, kind=kind, status=status)
    said = reading(quiet=quiet, at_once=json or not sys.stdout.isatty())
    if json:
        emit_records(documents(files, wanted, lambda: cache_at(root), said, full=full))
    else:
        show(listed(files, wanted, lambda: cache_at(root), said), units, full=full, quiet=quiet)
