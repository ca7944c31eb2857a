"""Options that several commands share, each named once."""

from pathlib import Path
from typing import Annotated

import typer

Root = Annotated[
    Path | None,
    typer.Option(
        "--root", metavar="目录", envvar="QJMEDIA_ROOT", help="登记库目录；不写则从当前目录向上找。"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Today = Annotated[
    str, typer.Option("--today", metavar="日期", help="把哪一天当作今天（YYYY-MM-DD）。")
]
AuthorOption = Annotated[
    str,
    typer.Option("--author", metavar="'姓名 <邮箱>'", help="以谁的名义；不写则用 Git 的设置。"),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="不再询问，直接提交。")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只显示将要做的事，什么也不写。")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="只输出结果，不输出说明。")]
Full = Annotated[bool, typer.Option("--full", help="电话号码不遮盖。")]
Reason = Annotated[str, typer.Option("--reason", metavar="文字", help="为什么，写进历史。")]
Rev = Annotated[
    str, typer.Option("--rev", metavar="版本", help="看某个历史版本，例：HEAD~3、日期标签。")
]
As = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="QJMEDIA_AS",
        metavar="邮箱",
        help="谁送来的：代码平台或服务器已经验明的邮箱；不写则看提交所署的邮箱。",
    ),
]
SetField = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="字段=值", help="设一个字段，可重复，例：--set tier=2。"),
]
UnitFilter = Annotated[
    str, typer.Option("--unit", metavar="单位", help="只看一个单位（id、全称或简称）。")
]
TierFilter = Annotated[
    str, typer.Option("--tier", metavar="级别", help="只看一级、二级、三级或工作群。")
]
KindFilter = Annotated[
    str, typer.Option("--kind", metavar="类型", help="只看一类平台，例：公众号。")
]
StatusFilter = Annotated[
    str, typer.Option("--status", metavar="状态", help="只看一种状态，例：草稿。")
]
UnsetField = Annotated[
    list[str] | None,
    typer.Option("--unset", metavar="字段", help="删去一个字段，可重复。"),
]
PlatformId = Annotated[str, typer.Argument(metavar="ID", help="平台的 id（qjmedia list 可查）。")]
SignedBy = Annotated[str, typer.Option("--by", metavar="姓名", help="签字人。")]
SignedOn = Annotated[str, typer.Option("--on", metavar="日期", help="纸上的日期；不写则是今天。")]
Remark = Annotated[
    str, typer.Option("--remark", metavar="文字", help="意见栏中另写的话，会印在表上。")
]
FormKind = Annotated[
    str,
    typer.Option(
        "--form",
        metavar="登记表|申请表",
        help="不按开通日期，指定填哪种表（用 --reason 写明缘由）；三级等不必填表的平台也要填时用。",
    ),
]
