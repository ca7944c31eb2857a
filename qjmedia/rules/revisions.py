"""QJ002x, QJ072x: what may lie between two revisions, and who may do it."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from qjmedia.model.access import Actor, folded
from qjmedia.model.deed import Act, Deed, Intrusion, Seal, Signing
from qjmedia.model.finding import Fault
from qjmedia.model.place import Place
from qjmedia.model.registry import Context
from qjmedia.model.transition import MOVES, Transition
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.model.words import FormKind, Status
from qjmedia.rules.base import Faults, rule

REPORTABLE = {"name": "名称", "operators": "后台管理人员", "maintenance": "维护方式"}
"""第七条: 账号名、后台管理人员或维护方式."""

OF_PUBLICITY = {
    "publicity_opinion": "宣传部意见",
    "year": "年",
    "serial": "号",
    "voids": "作废的编号",
}
"""What only the publicity department writes on a form."""

OPINIONS = ("unit_opinion", "publicity_opinion", "year", "serial")

TOGETHER = frozenset({"import", "undo", "unit-merge", "unit-rename", "unit-split", "fix", "init"})
"""The actions that may change several records in one commit."""

ADDING = frozenset({"add", "unit-add"})
"""The actions that make a record or a unit."""

ENDS: dict[str, set[Status | None]] = {
    "submit": {Status.PENDING},
    "approve": {Status.FILED, Status.REGISTERED},
    "reject": {Status.REJECTED},
    "order-close": {Status.ORDERED_CLOSED},
    "reinstate": {Status.FILED, Status.REGISTERED},
    "reopen": {Status.PENDING},
    "close": {Status.CLOSED, None},  # the proof may come later
}
"""What an action makes of the status; None where it may stay."""

ACTION = re.compile("[a-z]+(-[a-z]+)*")

NAMED = 3
"""How many fields a message names."""


@rule("QJ0021", on=Transition)
def record_deleted(transition: Transition, _: Context) -> Faults:
    """删除了登记。

    依据：第七条“学校对校园新媒体实行登记备案制度”。
    读法：登记过的平台注销后仍留有记录；刚加错的一份，用 qjmedia undo 撤销那一次登记。

    错例：删去 registry/platforms/math/math-wechat.yaml
    正例：qjmedia close math-wechat
    改法：恢复这个文件；停用的平台用 qjmedia close 注销
    """
    before = transition.before
    if before is not None and transition.after is None:
        yield Fault(
            Place(before.path),
            f"删除了“{before.name}”的登记（{before.path.stem}）",
            f"恢复这个文件；停用的平台用注销：qjmedia close {before.path.stem}",
        )


@rule("QJ0022", on=Transition)
def id_changed(transition: Transition, _: Context) -> Faults:
    """改了 id 或文件名。

    依据：id 一经登记不再改变，也不再用于别的平台；历史、表格和编号都靠它相认。

    错例：math-wechat.yaml 改名为 math-weixin.yaml
    正例：只改 name 等内容，文件名和 id 不动
    改法：改回原来的文件名和 id
    """
    before, after = transition.before, transition.after
    if before is None or after is None:
        return
    if before.path.stem != after.path.stem:
        yield Fault(
            after.at("/id"),
            f"文件名从 {before.path.name} 改成了 {after.path.name}",
            f"改回 {before.path.name}，id 也写 {before.path.stem}",
        )
    elif before.id != after.id and before.id == before.path.stem:
        yield Fault(
            after.at("/id"),
            f"id 从“{before.id}”改成了“{after.id}”",
            f"改回：{before.id}",
        )


@rule("QJ0023", on=Act)
def trailers_do_not_match(act: Act, _: Context) -> Faults:
    """不是用本工具提交的，或提交说明与实际改动不符。

    依据：一次改动一次提交，说明里写明做了什么、改了哪份登记的哪几项，日后才查得清。
    手工提交只是警告，registry.yaml 写明 audit: strict 时是错误；说明与改动不符总是错误。

    错例：说明写“Qj-Fields: remarks”，实际还改了 manager
    正例：用 qjmedia amend 等命令改，说明由工具写
    改法：用 qjmedia 的命令重做这次改动
    """
    hint = "用 qjmedia 的命令重做这次改动，提交说明由工具写"
    for message in _disagreements(act):
        yield Fault(act.place, message, hint)


@rule("QJ0024", on=Deed)
def not_allowed(deed: Deed, _: Context) -> Faults:
    """无权改动这份登记或这一项。

    依据：第三条“谁主办，谁负责”、第五条的分级归口：单位只改本单位的二级平台和工作群，
    归口单位只改所归口的三级平台，其余由党委宣传部改。以改动之前的 access.yaml 为准，
    改动前、改动后的内容都要有权。

    错例：数学学院的编辑改教务处的平台
    正例：数学学院的编辑改本院的平台
    改法：请有权的人改，或请党委宣传部写明权限
    """
    transition, actor = deed.transition, deed.actor
    if not actor.members:
        yield Fault(_where(transition), f"{actor}不在 access.yaml 的人员中", _ASK)
        return
    if actor.is_publicity:
        return
    for side, when in ((transition.before, "原来"), (transition.after, "改后")):
        if side is not None and not actor.holds(side):
            whose = f"{side.owner or side.path.parent.name}的{side.tier or '没有写明级别的'}平台"
            name = side.name or side.path.stem
            message = f"{actor}无权改动“{name}”：{when}是{whose}"
            yield Fault(_where(transition), message, _ASK)
            return
    if deed.is_whole:
        yield from _reserved(transition, actor)


@rule("QJ0024", on=Intrusion)
def file_not_allowed(intrusion: Intrusion, _: Context) -> Faults:
    """无权改动登记以外的文件，或一次改动几份登记。

    依据：设置、单位名册、权限名单、表格式样和检查流程由党委宣传部改；
    单位和归口单位一次提交只改一份登记，出了错才好单独退回。

    错例：数学学院的编辑改 registry/access.yaml
    正例：请党委宣传部改
    改法：请党委宣传部改
    """
    actor = intrusion.actor
    if intrusion.is_trick:
        yield Fault(intrusion.place, f"谁都不可以{intrusion.what}", "改回普通文件")
    elif not actor.is_publicity:
        yield Fault(intrusion.place, f"{actor}无权{intrusion.what}", _ASK)


@rule("QJ0025", on=Signing)
def signature_missing(signing: Signing, _: Context) -> Faults:
    """没有签名，或签名的密钥不是允许的。

    依据：registry.yaml 写明 signatures: 要求时，每次提交都要有 access.yaml 中的人的 SSH 签名，
    签名人就是提交人。密钥停用就从 access.yaml 删去，不靠日期。

    错例：没有签名的提交
    正例：git config gpg.format ssh，git config commit.gpgsign true 之后提交
    改法：登记自己的公钥并设置 Git 签名，重做这次提交
    """
    signer, committer, author = signing.signer, signing.committer, signing.author
    if signing.seal is not Seal.GOOD:
        yield Fault(
            signing.place,
            f"{committer}的提交{signing.seal.value}",
            "登记自己的公钥（access.yaml 的 keys）并设置 Git 签名："
            "git config gpg.format ssh；git config commit.gpgsign true",
        )
    elif not _is_same(signer, committer):
        yield Fault(
            signing.place,
            f"签名的是{signer}，提交人却写的是{committer}",
            "user.email 应是自己在 access.yaml 中的邮箱",
        )
    elif not signer.is_publicity and folded(author.email) != folded(committer.email):
        yield Fault(
            signing.place,
            f"签名的是{signer}，作者却写的是{author}",
            "自己的改动以自己的名义提交，不写 --author",
        )


@rule("QJ0721", on=Transition)
def filing_rewritten(transition: Transition, _: Context) -> Faults:
    """改写或删去了已有的备案记录。

    依据：第七条的登记、备案、变更各有其表，已经签过字的不能再改；只能在后面添加。
    没有人签过意见的表还可以改；空着的栏（意见、编号、报备日期、注销证明）可以补；
    重号改号的，旧号留在 voids。

    错例：把 filings 中一条的 filled_on 从 2019-02-01 改成 2018-02-01
    正例：在 filings 末尾加一条
    改法：恢复原来的内容，新的备案写在最后
    """
    before, after = transition.before, transition.after
    if before is None or after is None:
        return
    news = sequence(after.tree, "filings")
    for index, old in enumerate(sequence(before.tree, "filings")):
        form = text(old, "form") if isinstance(old, dict) else ""
        hint = "恢复原来的内容，新的备案写在最后"
        if index >= len(news):
            yield Fault(after.at("/filings"), f"删去了第 {index + 1} 次备案（{form}）", hint)
        elif not _continues(old, news[index]):
            yield Fault(
                after.at(f"/filings/{index}"), f"改写了第 {index + 1} 次备案（{form}）", hint
            )


@rule("QJ0722", on=Transition)
def change_not_filed(transition: Transition, _: Context) -> Faults:
    """名称、后台管理人员或维护方式变了，没有添加变更备案。

    依据：第七条“账号名、后台管理人员或维护方式发生变更，应在一周内，以书面形式报党委宣传部备案”。

    错例：{status: 已备案} 的平台只改了 name
    正例：qjmedia amend math-wechat --set name=… --changed-on 日期
    改法：用 qjmedia amend 改，变更备案会一并记下
    """
    before, after = transition.before, transition.after
    if before is None or after is None or before.status is None or not before.status.is_running:
        return
    filed = {
        text(change, "field")
        for filing in after.filings[len(before.filings) :]
        if filing.form is FormKind.AMENDMENT
        for change in filing.changes
    }
    for key, title in REPORTABLE.items():
        if before.tree.get(key) != after.tree.get(key) and key not in filed:
            yield Fault(
                after.at(f"/{key}"),
                f"{title}（{key}）变了，filings 中没有添加变更备案",
                f"用 qjmedia amend {after.path.stem} --set {key}=… --changed-on 日期，会一并记下",
            )


@rule("QJ0723", on=Transition)
def move_not_allowed(transition: Transition, _: Context) -> Faults:
    """状态不能这样变。

    依据：第七条：先填表、再审核、后备案；注销之后重新开通是一次新的申请。

    错例：草稿直接变为已备案
    正例：草稿 → 待审核 → 已备案
    改法：按次序办理：qjmedia submit、sign、approve
    """
    move, before, after = transition.move, transition.before, transition.after
    if before is not None and after is not None and before.status and not after.status:
        # without it the next commit could go on from any other
        yield Fault(
            after.at("/status"),
            f"状态从{before.status}变成了{text(after.tree, 'status') or '空'}",
            f"改回：{before.status}",
        )
    elif move is not None and after is not None and not transition.is_allowed:
        allowed = "、".join(status for status in Status if status in MOVES[move[0]])
        yield Fault(
            after.at("/status"),
            f"状态不能从{move[0]}直接变为{move[1]}",
            f"{move[0]}之后可以是：{allowed}",
        )


@rule("QJ0724", on=Deed)
def regraded_by_others(deed: Deed, _: Context) -> Faults:
    """党委宣传部以外的人改了级别或所属单位。

    依据：第五条的分级和归口由党委宣传部认定；换单位要由两边都知道的人来改。

    错例：数学学院的编辑把二级改成工作群
    正例：请党委宣传部改：qjmedia amend math-wechat --set tier=…
    改法：改回原来的级别和所属单位，请党委宣传部办理
    """
    before, after = deed.transition.before, deed.transition.after
    if before is None or after is None or not deed.is_whole or deed.actor.is_publicity:
        return
    if before.tier is not after.tier and before.tier is not None:
        yield Fault(
            after.at("/tier"),
            f"{deed.actor}把级别从{before.tier}改成了{after.tier or '空'}，只有党委宣传部可以改",
            _ASK,
        )
    old, new = ((side.owner, side.path.parent.name) for side in (before, after))
    if old != new:
        yield Fault(
            after.at("/owner"),
            f"{deed.actor}把所属单位从 {before.owner} 改成了 {after.owner or '空'}，"
            "只有党委宣传部可以改",
            _ASK,
        )


@rule("QJ0725", on=Deed)
def number_by_others(deed: Deed, _: Context) -> Faults:
    """党委宣传部以外的人编号或写宣传部意见。

    依据：第七条“报宣传部审核备案”，两张表“年 第 号（党委宣传部填写）”。

    错例：数学学院的编辑自己写上 serial
    正例：党委宣传部用 qjmedia approve 审核编号
    改法：删去编号和宣传部意见，由党委宣传部办理
    """
    before, after = deed.transition.before, deed.transition.after
    if after is None or not deed.is_whole or deed.actor.is_publicity:
        return
    olds = sequence(before.tree, "filings") if before is not None else ()
    for index, new in enumerate(sequence(after.tree, "filings")):
        old = olds[index] if index < len(olds) else {}
        for key, title in OF_PUBLICITY.items():
            written = _of(new, key)
            if written is not None and written != _of(old, key):
                yield Fault(
                    after.at(f"/filings/{index}/{key}"),
                    f"{deed.actor}写了{title}（{key}），只有党委宣传部可以写",
                    f"删去，由党委宣传部办理：qjmedia approve {after.path.stem}",
                )


_ASK = "请有权的人改，或请党委宣传部在 registry/access.yaml 中写明你的权限"


def _where(transition: Transition) -> Place:
    side = transition.after or transition.before
    return Place(side.path if side is not None else PurePosixPath())


def _is_same(signer: Actor, committer: Actor) -> bool:
    """Whether a signer may call himself by the committer's address."""
    emails = {member.email for member in signer.members if member.email}
    # who is enrolled with a key alone has no address, but may not take another's
    return folded(committer.email) in emails if emails else not committer.members


def _reserved(transition: Transition, actor: Actor) -> Faults:
    """Yield what the publicity department alone may do to a platform that is somebody's own."""
    before, after = transition.before, transition.after
    if after is None:
        return
    old = before.status if before is not None else None
    is_lifted = old is Status.ORDERED_CLOSED and after.status is Status.REGISTERED
    is_theirs = after.status in {Status.FILED, Status.ORDERED_CLOSED} or is_lifted
    if after.status is not old and is_theirs:
        yield Fault(
            after.at("/status"), f"{actor}不能把状态变为{after.status}，只有党委宣传部可以", _ASK
        )
    known = len(before.filings) if before is not None else 0
    for index, filing in enumerate(after.filings[known:], known):
        if filing.form is FormKind.CLOSURE:
            yield Fault(
                after.at(f"/filings/{index}"), f"{actor}不能责令关停，只有党委宣传部可以", _ASK
            )


def _continues(old: Tree, new: Tree) -> bool:
    """Whether a filing is as before, or only more complete."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return old == new
    if _is_open(old) and _is_numbered(new):
        return True
    voids = sequence(old, "voids")
    is_void = any(_number(each) == _number(old) for each in sequence(new, "voids")[len(voids) :])
    mutable = {"voids", *(("year", "serial") if is_void else ())}
    is_kept = all(new.get(key) == value for key, value in old.items() if key not in mutable)
    return is_kept and [*sequence(new, "voids")[: len(voids)]] == [*voids]


def _number(tree: Tree) -> tuple[str, str]:
    """Return the number of a filing, or one that it gave up (docs/adr/0007)."""
    found = tree if isinstance(tree, dict) else {}
    return text(found, "year"), text(found, "serial")


def _is_open(filing: Record) -> bool:
    return _is_numbered(filing) and not any(key in filing for key in OPINIONS)


def _is_numbered(filing: Record) -> bool:
    return text(filing, "form") in {FormKind.REGISTRATION, FormKind.APPLICATION}


def _of(filing: Tree, key: str) -> Tree | None:
    return filing.get(key) if isinstance(filing, dict) else None


def _disagreements(act: Act) -> list[str]:
    """Return in how far a commit's message is not what it did."""
    message = act.message
    if not message.action:
        return ["是手工提交的，没有说明做了什么、改了哪几项"]
    if act.repeated:
        return [f"提交说明中 {'、'.join(act.repeated)} 写了不止一次"]
    if not ACTION.fullmatch(message.action):
        return [f"提交说明写的动作“{message.action}”不是本工具的写法"]
    if act.lie:
        return [f"提交说明写的是 {message.action}，{act.lie}"]
    if act.strangers and message.action not in {"init", "fix"}:
        return [f"提交说明写的是 {message.action}，却还改了 {_some(act.strangers)}"]
    return _of_records(act) + _of_status(act) + _of_days(act)


def _of_records(act: Act) -> list[str]:
    message = act.message
    if message.record and message.record not in act.changed:
        really = _some(sorted(act.changed)) or "别的文件"
        return [f"提交说明写的是 {message.record}，实际改的是 {really}"]
    if message.action in TOGETHER and (not message.record or len(act.changed) > 1):
        return []
    if len(act.changed) != 1:
        return [f"提交说明写的是一份登记，实际改了 {len(act.changed)} 份"]
    (record, made), claimed = next(iter(act.changed.items())), frozenset(message.fields)
    if not message.record:
        return [f"提交说明没有写明改的是哪份登记，实际改了 {record}"]
    if (message.action in ADDING) != (record in act.added) and message.action not in TOGETHER:
        was = "新登记的" if record in act.added else "原来就有的"
        return [f"提交说明写的是 {message.action}，而 {record} 是{was}"]
    untold, unmade = sorted(made - claimed), sorted(claimed - made)
    return [
        *([f"提交说明没有写，实际改了：{_some(untold)}"] if untold else []),
        *([f"提交说明写了，实际没有改：{_some(unmade)}"] if unmade else []),
    ]


def _of_status(act: Act) -> list[str]:
    ends = ENDS.get(act.message.action)
    status = act.moved.get(act.message.record)
    if ends is None or status in ends:
        return []
    really = f"状态变成了{status}" if status else "状态没有变"
    return [f"提交说明写的是 {act.message.action}，{really}"]


def _of_days(act: Act) -> list[str]:
    claimed = act.message.changed_on
    if claimed is None or not act.changed_on or claimed.isoformat() in act.changed_on:
        return []
    return [f"提交说明写的变更日期是 {claimed}，登记里写的是 {_some(sorted(act.changed_on))}"]


def _some(words: Sequence[str]) -> str:
    more = f" 等 {len(words)} 项" if len(words) > NAMED else ""
    return "、".join(words[:NAMED]) + more
