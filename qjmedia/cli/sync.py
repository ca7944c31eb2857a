"""qjmedia sync."""

from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from datetime import date

    from qjmedia.actions.choosing import Choices
    from qjmedia.actions.sync import Plan, Synced
    from qjmedia.store.git import Author
    from qjmedia.store.repository import Repository

ATTEMPTS = 5
"""How often it is tried again where others keep pushing."""


def sync(
    push: Annotated[
        bool, typer.Option("--push/--no-push", help="接好以后推送到服务器（默认），或不推送。")
    ] = True,
    offline: Annotated[
        bool, typer.Option("--offline", help="不连服务器，只用上次取回的内容，也不推送。")
    ] = False,
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--take",
            metavar="[ID[.字段]=]哪一方",
            help="两边都改了同一处时取哪一方：theirs（别人的）、ours（自己的）；"
            "id 相同的两份登记都留：ID=both。可重复。",
        ),
    ] = None,
    root: options.Root = None,
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """和服务器同步：取回别人的改动，把自己还没推送的逐项接在后面，再推送；被别人抢先就再来一次。

    什么也不会丢：每次改动的作者、日期、原因都不变，原来的提交另外留着。两边改了不同的项，
    都保留；改了同一项，列出两边的内容（谁、什么时候、为什么），由您选；编号重了的改编下一号。
    手工合并之后有两份登记同号的，也用它改好：后编的改号，旧号作废。

    \b
    例：qjmedia sync
        qjmedia sync --dry-run                          只看会怎样
        qjmedia sync --take math-wechat.remarks=ours    这一项取自己的
        qjmedia sync --take theirs                      凡是冲突的都取别人的
        qjmedia sync --no-push                          只接好，先不推送
    """
    from qjmedia.actions.choosing import Choices
    from qjmedia.actions.sync import Synced
    from qjmedia.cli.output import note
    from qjmedia.cli.session import author_of, repository_at, the_day

    is_silent = quiet or json
    with repository_at(root) as repository:
        day, who, choices = the_day(today), author_of(author), Choices.of(take or ())
        if dry_run:
            _fetch(repository, offline=offline)
            plan = _planned(repository, choices, day, quiet=is_silent)
            note("试运行：没有改变任何东西。", quiet=is_silent)
            _finish(Synced(plan, None), pushed=False, json=json, quiet=True)
            return
        turn = _Turn(repository, choices, day, who, yes=yes or json, quiet=is_silent)
        done, pushed = turn.repeat(push=push and not offline, offline=offline)
        _finish(done, pushed=pushed, json=json, quiet=quiet)


class _Turn:
    """One run: fetch, ask, put ours behind theirs, push; again where somebody was quicker."""

    def __init__(
        self,
        repository: "Repository",
        choices: "Choices",
        today: "date",
        author: "Author | None",
        *,
        yes: bool,
        quiet: bool,
    ) -> None:
        self.repository, self.choices = repository, choices
        self.today, self.author = today, author
        self.yes, self.quiet = yes, quiet

    def repeat(self, *, push: bool, offline: bool) -> "tuple[Synced, bool]":
        """Do it until the server has taken it; whether anything was pushed."""
        from qjmedia.cli.output import note
        from qjmedia.errors import Conflict

        for left in reversed(range(ATTEMPTS)):
            _fetch(self.repository, offline=offline)
            try:
                done = self._join()
                return done, push and self._push(done)
            except Conflict:
                if offline or not left:
                    raise
            note("又有人先提交或推送了，再接一次……", quiet=self.quiet)
        raise AssertionError  # the last attempt returned or raised

    def _join(self) -> "Synced":
        from qjmedia.actions.sync import sync as run
        from qjmedia.cli.output import note
        from qjmedia.cli.writing import agreed

        plan = self._decided()
        if plan.replayed is not None:
            agreed("接上？", yes=self.yes)
        done = run(
            self.repository, plan, today=self.today, author=self.author,
            told=lambda line: note(line, quiet=self.quiet),
        )  # fmt: skip
        _report(done, quiet=self.quiet)
        return done

    def _decided(self) -> "Plan":
        """Return a plan in which nothing is open.

        Raises:
            Undecided: something is, and nobody can be asked.
        """
        from qjmedia.actions.choosing import Undecided
        from qjmedia.cli.disputes import settle
        from qjmedia.cli.writing import can_ask

        while True:
            plan = _planned(self.repository, self.choices, self.today, quiet=self.quiet)
            if not plan.disputes:
                return plan
            if self.yes or not can_ask():
                raise Undecided(plan.disputes)
            settle(self.repository, plan.disputes, self.choices)

    def _push(self, done: "Synced") -> bool:
        """Push if there is something to push; whether there was.

        Raises:
            Faulty: both sides together have an error, which is to be put right first.
        """
        from qjmedia.actions.refusal import Faulty
        from qjmedia.store import remote

        if done.findings:
            raise Faulty(
                f"已接好，但两边合在一起后有 {len(done.findings)} 处错，没有推送："
                f"{done.findings[0].message}",
                done.findings,
                "改正后再运行：qjmedia sync",
            )
        server = remote.upstream(self.repository)
        if server is None or self.repository.head() in {None, server.tip}:
            return False
        remote.push(self.repository, server)
        return True


def _fetch(repository: "Repository", *, offline: bool) -> None:
    from qjmedia.store import remote

    server = remote.upstream(repository)
    if server is not None and not offline:
        remote.fetch(repository, server)


def _planned(repository: "Repository", choices: "Choices", today: "date", *, quiet: bool) -> "Plan":
    from qjmedia.actions.sync import prepare
    from qjmedia.cli.disputes import tell

    plan = prepare(repository, choices, today)
    _preview(plan, quiet=quiet)
    for each in plan.disputes:
        tell(repository, each, quiet=quiet)
    return plan


def _preview(plan: "Plan", *, quiet: bool) -> None:
    from qjmedia.cli.output import note

    if plan.server is None:
        return
    note(f"服务器上有 {plan.theirs} 次新的改动；您有 {len(plan.ours)} 次还没有推送", quiet=quiet)
    for each in plan.renumbered:
        note(
            f"  “{each.name}”（{each.record}）的{each.old}已被别人的 {each.holder} 先用了，"
            f"改为{each.new}；按旧号打印的表要重新打印：qjmedia render {each.record}",
            quiet=quiet,
        )
    for old, new in plan.replayed.ids.items() if plan.replayed else ():
        note(f"  id“{old}”已被别人的另一个平台先用了，您的那份改为 {new}", quiet=quiet)
    for record in plan.replayed.refiled if plan.replayed else ():
        note(
            f"  {record} 的变更备案按接上后的前后内容重写；已打印的要重新打印："
            f"qjmedia render {record} --form 变更",
            quiet=quiet,
        )


def _report(done: "Synced", *, quiet: bool) -> None:
    from qjmedia.cli.output import note

    for warning in done.warnings:
        note(f"注意：{warning}", quiet=quiet)
    for subject in done.repaired:
        note(f"已{subject}", quiet=quiet)
    for found in done.findings:
        note(f"注意 {found.code}：合在一起后有错，推送前请改正：{found.message}", quiet=quiet)
    if done.kept:
        note(f"原来的提交留在 {done.kept}", quiet=quiet)


def _finish(done: "Synced", *, pushed: bool, json: bool, quiet: bool) -> None:
    from qjmedia.cli.disputes import as_json
    from qjmedia.cli.output import emit, note

    plan = done.plan
    if json:
        emit(
            {
                "version": 1,
                "action": "sync",
                "commit": done.commit,
                "theirs": plan.theirs,
                "ours": len(plan.ours),
                "renumbered": [
                    {"record": each.record, "old": str(each.old), "new": str(each.new)}
                    for each in plan.renumbered
                ],
                "renamed": [
                    {"old": old, "new": new}
                    for old, new in (plan.replayed.ids if plan.replayed else {}).items()
                ],
                "disputes": [as_json(each) for each in plan.disputes],
                "repaired": list(done.repaired),
                "findings": [found.to_json() for found in done.findings],
                "kept": done.kept,
                "pushed": pushed,
            }
        )
    elif pushed:
        note("已推送。", quiet=quiet)
    elif plan.ours or done.repaired:
        note("已接好，还没有推送。接下来：qjmedia sync（或 git push）", quiet=quiet)
    else:
        note("已和服务器一致。", quiet=quiet)
