"""qjmedia lookup."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qjmedia.cli import options
from qjmedia.errors import BadRequest, os_reason
from qjmedia.model.privacy import mask_text

if TYPE_CHECKING:
    from qjmedia.actions.lookup import Answer
    from qjmedia.model.unit import Units

NOT_OURS = 1

WORDS = {
    "registered": "已登记",
    "closed": "曾登记，已注销或已驳回",
    "similar": "没有登记，与登记的相近",
    "unknown": "没有登记",
}


def lookup(
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="名称|账号|链接…", help="要查的，可写几个。")
    ] = None,
    source: Annotated[
        str, typer.Option("--from", metavar="文件", help="一行一个，“-”是标准输入。")
    ] = "",
    root: options.Root = None,
    rev: options.Rev = "",
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """查一个名称、账号或链接是不是本校登记的；有一个不是，退出码为 1。

    链接可直接从浏览器粘贴；全角字母、形近的字（未与末、拉丁与西里尔字母）也比得出来。
    同时说明这个名称个人能不能用（第六条）。

    \b
    例：qjmedia lookup 曲靖师范学院数学学院
        qjmedia lookup "https://m.weibo.cn/u/1234567890?from=share"
        qjmedia lookup --from 网上搜到的.txt --json
    """
    from qjmedia.actions.lookup import Directory
    from qjmedia.cli.output import emit
    from qjmedia.cli.session import files_at

    wanted = [*(texts or ()), *_lines(source)]
    if not wanted:
        raise BadRequest("没有写要查什么", hint="例：qjmedia lookup 名称；或 --from 文件")
    directory = Directory(files_at(root, rev))
    answers = [directory.look_up(text) for text in wanted]
    if json:
        emit({"version": 1, "answers": [_shown(a, directory.units) for a in answers]})
    else:
        for answer in answers:
            for line in _told(answer, directory.units, quiet=quiet):
                typer.echo(line)
    if not all(answer.is_ours for answer in answers):
        raise typer.Exit(NOT_OURS)


def _lines(source: str) -> Iterator[str]:
    """Yield the lines of a file that say something."""
    if not source:
        return
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{source} 不是 UTF-8 文本", hint="另存为 UTF-8 再查") from error
    except OSError as error:
        raise BadRequest(f"读不了 {source}：{os_reason(error)}", hint="核对文件名") from error
    yield from (line.strip() for line in text.splitlines() if line.strip())


def _shown(answer: "Answer", units: "Units") -> dict[str, Any]:
    ban = answer.ban and {
        "word": answer.ban.word,
        "is_start": answer.ban.is_start,
        "is_disguised": answer.is_disguised,
        "article": "第六条",
    }
    return {
        "text": answer.text,
        "verdict": answer.verdict.value,
        "matches": [
            {
                "id": each.platform.id,
                "name": mask_text(each.platform.name),
                "kind": each.platform.kind,
                "unit": units.name_of(each.platform.owner),
                "status": each.platform.status or "",
                "field": each.field,
                "is_same": each.is_same,
                "why": each.why,
            }
            for each in answer.matches
        ],
        "ban": ban or None,
    }


def _told(answer: "Answer", units: "Units", *, quiet: bool) -> Iterator[str]:
    """Yield an answer line by line."""
    from qjmedia.cli.output import cell

    yield cell(f"{answer.text}：{WORDS[answer.verdict]}")
    for each in answer.matches:
        platform = each.platform
        where = "，".join(
            word
            for word in (platform.kind, units.name_of(platform.owner), platform.status or "")
            if word
        )
        yield cell(f"  {platform.id}　{mask_text(platform.name)}（{where}）：{each.why}")
    if answer.ban is not None and not quiet:
        word = answer.ban.word
        if answer.is_disguised:
            yield f"  第六条：用形近的字冒充“{word}”，个人不得以此名义运营"
        elif answer.ban.is_start:
            yield f"  第六条：以“{word}”开头，个人不得以此名义运营"
        else:
            yield f"  第六条：含有“{word}”，个人使用易使人误认为学校账号"
