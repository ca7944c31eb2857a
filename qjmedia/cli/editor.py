"""`qjmedia amend ID --edit`: a record in the clerk's own editor, checked when it is closed."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from qjmedia.actions.amend import Arrange, Edit, Occasion, prepare, rewriting
from qjmedia.cli.ask import BACK, HELP, Asker, Choice, Prompt
from qjmedia.cli.output import note
from qjmedia.errors import BadRequest, Conflict, MachineFault, QjError, Refused, os_reason
from qjmedia.model.tree import Record
from qjmedia.store import records
from qjmedia.store.files import LARGEST_BYTES, Files
from qjmedia.store.yaml import BOM, parse

EDITORS = ("nano", "vim", "vi", "notepad")
"""What is looked for where neither VISUAL nor EDITOR is set."""

AGAIN, GIVE_UP = "again", "give-up"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one record is edited.

    Attributes:
        file: the text, in a folder that only its owner may enter.
        original: the record as it is in the registry.
    """

    file: Path
    original: bytes

    @property
    def is_changed(self) -> bool:
        """Whether anything was typed that is not in the registry."""
        try:
            text = self.file.read_bytes()
        except OSError:
            return False
        return bool(text.strip()) and text != self.original

    def read(self) -> bytes:
        """Return the edited text, with the line ends it had and no mark that an editor adds.

        Raises:
            MachineFault: the editor left nothing to read.
        """
        try:
            with self.file.open("rb") as file:
                text = file.read(LARGEST_BYTES + 1)
        except OSError as error:
            raise MachineFault(
                f"编辑器没有留下 {self.file.name}：{os_reason(error)}",
                hint="登记没有改变；换一个编辑器再试（设置环境变量 EDITOR）",
            ) from error
        mark = BOM.encode()
        if not self.original.startswith(mark):
            text = text.removeprefix(mark)
        return text if b"\r\n" in self.original else text.replace(b"\r\n", b"\n")


@contextmanager
def edited(
    files: Files,
    platform_id: str,
    occasion: Occasion,
    asker: Asker | None = None,
    *,
    keep: bool = False,
) -> Iterator[Edit]:
    """Give what the clerk made of the record in an editor, sound enough to be filed.

    Without an `asker` the first fault ends it. Where the block does not end well, or with `keep`,
    the edited text stays in a file whose path is told.

    Raises:
        Refused: nothing was changed, or what was changed has a fault, or the editor failed.
        BadRequest: no such record, or no such editor.
        typer.Abort: the clerk emptied the file, or gave up.
    """
    original, _ = records.read(files, records.path_of(files, platform_id))
    folder = Path(tempfile.mkdtemp(prefix="qjmedia-"))  # 0700
    desk = Desk(folder / f"{platform_id}.yaml", original)
    desk.file.touch(mode=0o600)
    desk.file.write_bytes(original)
    try:
        yield _session(desk, files, platform_id, occasion, asker)
    except BaseException as stop:
        _clear(desk, keep=True)
        if isinstance(stop, KeyboardInterrupt | EOFError):
            raise typer.Abort from stop
        raise
    _clear(desk, keep=keep)


def _clear(desk: Desk, *, keep: bool) -> None:
    """Remove the file, unless it holds what is nowhere else."""
    if keep and desk.is_changed:
        note(f"改过的内容留在 {desk.file}")
    else:
        shutil.rmtree(desk.file.parent, ignore_errors=True)


def _session(
    desk: Desk, files: Files, platform_id: str, occasion: Occasion, asker: Asker | None
) -> Edit:
    """Open the editor until the text is sound."""
    command = editor()
    while True:
        _open(command, desk)
        text = desk.read()
        if not text.strip():
            note("文件是空的，当作取消。")
            raise typer.Abort
        if text == desk.original:
            raise Refused(
                "没有改动", hint="编辑器如果没等您改完就返回，让它等一等，例：EDITOR='code --wait'"
            )
        change = _rewriting(desk.original, text)
        try:
            _require_readable(text)
            prepare(files, platform_id, change, occasion)
        except QjError as fault:
            if asker is None:
                raise
            _show(fault)
            if not _again(asker):
                raise typer.Abort from fault
        else:
            return change


def _rewriting(original: bytes, text: bytes) -> Edit:
    """Return the edit that puts `text` in the place of `original`, and of nothing else."""
    rewrite = rewriting(text)

    def edit(data: bytes, record: Record, arrange: Arrange) -> tuple[bytes, Record]:
        if data != original:
            raise Conflict(
                "您编辑的时候，别人改了这份登记",
                hint="再运行一次 qjmedia amend --edit，把改动抄进新的内容",
            )
        return rewrite(data, record, arrange)

    return edit


def _require_readable(text: bytes) -> None:
    """Return if the text can be read as a record.

    Raises:
        Refused: it cannot; every fault is told.
    """
    parsed = parse(text)
    if parsed.tree is None:
        first, *rest = parsed.faults
        more = "".join(f"\n第 {each.line} 行：{each.message}" for each in rest)
        raise Refused(f"第 {first.line} 行读不出来：{first.message}{more}", hint=first.hint)


def _show(fault: QjError) -> None:
    """Tell every fault with its line and the way out."""
    findings = getattr(fault, "findings", ())
    if not findings:
        note(f"{fault.message}")
        if fault.hint:
            note(f"  怎么办：{fault.hint}")
    for found in findings:
        article = f"（{found.article}）" if found.article else ""
        note(f"第 {found.line} 行：{found.message}{article}")
        if found.hint:
            note(f"  怎么办：{found.hint}")


def _again(asker: Asker) -> bool:
    choices = (Choice(AGAIN, "重新编辑"), Choice(GIVE_UP, "放弃（改过的内容另存，登记不变）"))
    while True:
        said = asker.ask(Prompt("怎么办", "", choices, default=AGAIN))
        if said not in {BACK, HELP}:
            return said == AGAIN


def editor() -> list[str]:
    """Return the command of the clerk's editor.

    Raises:
        BadRequest: there is none, or its setting cannot be read.
    """
    named = next((name for name in ("VISUAL", "EDITOR") if os.environ.get(name, "").strip()), "")
    if named:
        try:
            return _split(os.environ[named])
        except ValueError as error:
            raise BadRequest(
                f"环境变量 {named} 的引号不成对：{os.environ[named]}",
                hint="例：EDITOR='code --wait'",
            ) from error
    found = next((path for name in EDITORS if (path := shutil.which(name))), None)
    if found is None:
        raise BadRequest(
            "找不到编辑器", hint="用环境变量 EDITOR 指明，例：EDITOR=nano；或用 --set 字段=值 来改"
        )
    return [found]


def _split(command: str) -> list[str]:
    if os.name != "nt":
        return shlex.split(command)
    return [word.strip('"') for word in shlex.split(command, posix=False)]


def _open(command: list[str], desk: Desk) -> None:
    """Run the editor to its end; Ctrl-C is its own while it runs.

    Raises:
        BadRequest: it cannot be started.
        typer.Abort: it was interrupted.
        Refused: it ended with an error.
    """
    with _interrupts_left_alone():
        try:
            done = subprocess.run([*command, str(desk.file)], check=False)  # noqa: S603  the clerk's own command
        except OSError as error:
            raise BadRequest(
                f"编辑器“{command[0]}”无法启动：{_why(error)}",
                hint="核对环境变量 VISUAL、EDITOR，例：EDITOR=nano",
            ) from error
    status = done.returncode
    if status in {-signal.SIGINT, 128 + signal.SIGINT}:
        raise typer.Abort
    if status:
        how = f"被中止（信号 {-status}）" if status < 0 else f"没有正常结束（退出码 {status}）"
        raise Refused(f"编辑器{how}，登记没有改变", hint="再运行一次；改一两项也可用 --set 字段=值")


def _why(error: OSError) -> str:
    known = {FileNotFoundError: "没有这个程序", PermissionError: "它不是可以运行的程序"}
    return known.get(type(error)) or os_reason(error)


@contextmanager
def _interrupts_left_alone() -> Iterator[None]:
    # a handler, unlike SIG_IGN, is not passed on to the editor
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
