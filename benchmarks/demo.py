"""The main job from end to end, as somebody meets it who has just installed the tool.

Run by `make demo`. A registry is made in a temporary folder; of this project only out/demo changes,
where the filled forms are left to be looked at.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from textwrap import indent

from benchmarks.sandbox import surroundings

PROJECT = Path(__file__).resolve().parents[1]
FORMS = PROJECT / "out" / "demo"
REFUSED = 3
WIDTH = 96
SPECIAL = frozenset(" \t'\"$`\\|&;<>(){}*?[]#!…")

PAPER_NAME = "外国语学院-登记表.yaml"
PAPER = """\
# 2016 年的一份纸质登记表，签字、盖章、编号齐全，照录
name: 曲靖师范学院外国语学院
kind: 微信公众号
account: demo_fl
owner: foreign-languages
opened_on: "2014-03-10"
manager: {name: 示例己, mobile: "13800000001", landline: 0874-0000001}
supervisor: {name: 示例戊, mobile: "13800000002", landline: 0874-0000002}
operators:
- {name: 示例己, mobile: "13800000001", identity: 教师}
- {name: 示例庚, mobile: "13800000003", identity: 教师}
maintenance: 自主维护
verified: 已认证
positioning: 外语学习资源和学院活动
audience: [本院师生]
review: {mechanism: 三审三校, reviewer: 示例戊}
status: 已备案
filings:
- form: 登记表
  filled_on: "2016-06-13"
  unit_opinion: {decision: 同意, signed_by: 示例戊, signed_on: "2016-06-14"}
  publicity_opinion: {decision: 同意, signed_by: 示例甲, signed_on: "2016-06-20"}
  year: "2016"
  serial: "1"
"""

LEDGER_NAME = "台账.csv"
LEDGER = """\
媒体名称,类型,账号,所属单位,负责人,手机,开通日期
数院学工,抖音,demo_xg,数学学院,示例壬,13800000007,2018-09-01
示例吧,微博,demo_ba,某某贴吧,示例癸,13800000008,2019-03-01
"""

FILES = {PAPER_NAME: PAPER, LEDGER_NAME: LEDGER}
"""What the commands read, and the reader is shown first."""

GOVERNANCE = {
    "responsibility": "新媒体工作责任清单",
    "team": "新媒体工作队伍名单",
    "review": "三审三校规定",
    "rules": "新媒体账号管理细则",
}


class StepFailed(Exception):
    """A command did not do what it should."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command of qjmedia, how it must end, and what it must say on the way."""

    argv: tuple[str, ...]
    shows: str
    exit_code: int = 0
    remark: str = ""


Chapter = tuple[str, tuple[Step, ...]]


def main() -> None:
    """Tell the whole story; leave with 1 where it does not go as it should."""
    started = time.monotonic()
    before = own_registry()
    with tempfile.TemporaryDirectory(prefix="qjmedia-demo-") as folder:
        try:
            tell(Path(folder))
        except StepFailed as error:
            sys.exit(f"\n演示没有走通：{error}")
    if own_registry() != before:
        sys.exit("\n演示没有走通：本项目自己的登记库变了")
    print(f"本项目自己的登记库没有变化。用时 {time.monotonic() - started:.1f} 秒。")


def tell(folder: Path) -> None:
    """Run every chapter in a new registry below `folder`."""
    env = surroundings(folder)
    known = commands(folder, env)
    shutil.rmtree(FORMS, ignore_errors=True)
    root = folder / "school"
    for heading, steps in story(root, date.today()):  # noqa: DTZ011  the reader's own day
        here = [step for step in steps if step.argv[0] in known]
        if here:
            print(f"\n\n━━ {heading} ━━")
        for step in here:
            perform(step, root if root.exists() else folder, env)
    conclude(root, env)


def story(root: Path, today: date) -> Iterator[Chapter]:
    """Yield the chapters; `perform` is told only those whose commands exist."""
    yield "建一个登记库", (Step(("init", root.name), "登记库已建好"),)
    yield (
        "登记单位",
        (
            unit("math", "数学与统计学院", "数学学院,数统学院", "示例丁"),
            unit("foreign-languages", "外国语学院", "外语学院", "示例戊"),
        ),
    )
    yield (
        "登记平台",
        (
            Step(
                ("add", *fields(application(today))), "math-wechat", remark="新开的平台：填申请表"
            ),
            Step(
                ("add", "--from", f"../{PAPER_NAME}"),
                "foreign-languages-wechat",
                remark="早已备案的平台：照纸质登记表录入",
            ),
            Step(
                (
                    "add",
                    *fields({"name": "数院青年", "kind": "微博", "owner": "数学学院"}),
                    "--draft",
                ),
                "math-weibo",
                remark="资料不全的：先存草稿",
            ),
            Step(
                ("add", *fields(personal(today))),
                "第六条",
                REFUSED,
                "办法不允许的：不会写入，并说明依据和办法",
            ),
        ),
    )
    yield (
        "审核、编号",
        (
            Step(("sign", "math-wechat", "-y"), "同意", remark="单位负责人在纸上签字盖章之后"),
            Step(("approve", "math-wechat", "-y"), "第1号", remark="宣传部同意备案，自动编号"),
            Step(("due",), "没有", remark="有没有到期的事"),
        ),
    )
    yield "变更", (
        Step(
            ("amend", "foreign-languages-wechat", "--set", "name=曲靖师范学院外语学院",
             "--changed-on", f"{today - timedelta(days=3)}", "--reason", "平台更名"),
            "变更",
            remark="改名称，三天前的事：一周之内，自动记一次变更备案",
        ),
    )  # fmt: skip
    yield (
        "检查、查看",
        (
            Step(("check",), "0 个错误", remark="草稿缺的是警告，不是错误"),
            Step(("list",), "math-wechat"),
            Step(("show", "foreign-languages-wechat"), "变更", remark="电话号码自动遮盖"),
        ),
    )
    yield "打印", (
        Step(("render", "--all", "-o", str(FORMS)), "申请表.html", REFUSED, "草稿不打印"),
        Step(
            ("render", "math-wechat", "foreign-languages-wechat", "--format", "md",
             "-o", str(FORMS)),
            "登记表.md",
        ),
        Step(("render", "math-wechat", "--format", "pdf", "-o", str(FORMS)), "申请表.pdf"),
        Step(("render", "math-wechat", "--format", "docx", "-o", str(FORMS)), "申请表.docx"),
    )  # fmt: skip
    yield (
        "历史",
        (
            Step(
                ("log", "foreign-languages-wechat"), "平台更名", remark="谁、何时、改了什么、为什么"
            ),
            Step(("blame", "foreign-languages-wechat"), "示例甲", remark="每个字段最后由谁改定"),
            Step(("diff", "HEAD~1..HEAD"), "曲靖师范学院外语学院", remark="两个版本之间差在哪里"),
            Step(("undo", "-y"), "撤销", remark="改错了：撤销最近一次，历史仍在"),
            Step(("check", "registry/platforms/foreign-languages"), "没有发现问题"),
            Step(
                ("audit",), "没有发现问题", remark="逐次核对：每次提交都由本工具做，说明与改动相符"
            ),
        ),
    )
    yield (
        "导入已有的台账",
        (
            Step(
                ("import", f"../{LEDGER_NAME}"),
                "新增 1，变更 0，不变 0，未导入 1",
                remark="读得懂的一行成为草稿，读不懂的一行说明原因，不妨碍别的行",
            ),
            Step(
                ("import", f"../{LEDGER_NAME}"),
                "新增 0，变更 0，不变 1",
                remark="再导入一次，不会重复登记",
            ),
        ),
    )
    yield "这台机器缺什么", (Step(("doctor",), "Git"),)


def unit(unit_id: str, name: str, short: str, secretary: str) -> Step:
    """Return the registration of a college with all that 第三条 and 第十二条 ask for."""
    values = {
        "id": unit_id,
        "name": name,
        "short": short,
        "kind": "学院",
        "accountable.name": secretary,
        "accountable.post": "学院党总支书记",
        **{f"governance.{key}": value for key, value in GOVERNANCE.items()},
        "governance.confidentiality": secretary,
    }
    return Step(("unit", "add", *fields(values)), "已提交")


def application(today: date) -> dict[str, str]:
    """Return a new platform of a college, as its editor would type it."""
    return {
        "name": "曲靖师范学院数学学院",
        "kind": "公众号",
        "account": "demo_math",
        "owner": "数学学院",
        "opened_on": f"{today}",
        "manager": '{name: 示例乙, mobile: "13800000004", landline: 0874-0000004}',
        "supervisor": '{name: 示例丁, mobile: "13800000005", landline: 0874-0000005}',
        "operators": "[{name: 示例乙, identity: 教师}, {name: 示例丙, identity: 学生}]",
        "maintenance": "自主",
        "verified": "是",
        "positioning": "教学科研动态和学生风采",
        "audience": "本院师生,校友",
        "review": "{mechanism: 三审三校, reviewer: 示例丁}",
    }


def personal(today: date) -> dict[str, str]:
    """Return a person's account under the school's name: 第六条 forbids it."""
    return {
        "name": "曲师生活圈",
        "kind": "公众号",
        "account": "demo_life",
        "tier": "三级",
        "owner": "数学学院",
        "opened_by": "{kind: 个人, name: 示例辛}",
        "opened_on": f"{today}",
        "manager": '{name: 示例辛, mobile: "13800000006"}',
        "operators": "[{name: 示例辛, identity: 学生}]",
        "maintenance": "自主",
        "verified": "否",
    }


def fields(values: Mapping[str, str]) -> Iterator[str]:
    """Yield `--set field=value` for each value."""
    for name, value in values.items():
        yield from ("--set", f"{name}={value}")


def perform(step: Step, folder: Path, env: Mapping[str, str]) -> None:
    """Print a command, then what it says.

    Raises:
        StepFailed: its exit code or its words are not those expected.
    """
    print(f"\n# {step.remark}" if step.remark else "")
    for name, content in FILES.items():
        file = folder.parent / name
        if name in step.argv[-1] and not file.exists():
            file.write_text(content, "utf-8")
            print(f"# 文件 {name}：\n{indent(content, '#   ')}")
    print(typed(step.argv), flush=True)
    done = run(step.argv, folder, env)
    print(done.stdout.rstrip(), flush=True)
    if done.returncode != step.exit_code:
        raise StepFailed(f"{step.argv[0]} 的退出码是 {done.returncode}，应为 {step.exit_code}")
    if step.exit_code:
        print(f"（退出码 {done.returncode}）")
    if step.shows not in done.stdout:
        raise StepFailed(f"{step.argv[0]} 没有说到“{step.shows}”")


def run(
    argv: tuple[str, ...], folder: Path, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run qjmedia as the reader's shell would find it; both streams come back as one text."""
    return subprocess.run(
        ["qjmedia", *argv],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def typed(argv: tuple[str, ...]) -> str:
    """Return a command as it is typed; a long one has an option on each line."""
    words = [f"'{word}'" if SPECIAL & set(word) else word for word in argv]
    line = " ".join(("$ qjmedia", *words))
    return line if len(line) < WIDTH else line.replace(" --", " \\\n    --")


def commands(folder: Path, env: Mapping[str, str]) -> frozenset[str]:
    """Return the commands that `qjmedia --help` lists.

    Raises:
        StepFailed: there is no qjmedia to run.
    """
    if shutil.which("qjmedia", path=env["PATH"]) is None:
        raise StepFailed("找不到 qjmedia，请用 make demo 运行")
    shown = run(("--help",), folder, env).stdout
    return frozenset(
        line.split()[0] for line in shown.splitlines() if line.startswith("  ") and line.strip()
    )


def conclude(root: Path, env: Mapping[str, str]) -> None:
    """Show the history that came about, and where the forms are."""
    print("\n\n━━ 结果 ━━\n\n$ git log --oneline")
    print(git(root, env, "log", "--oneline"))
    if changed := git(root, env, "status", "--porcelain"):
        raise StepFailed(f"登记库里有没有提交的东西：\n{changed}")
    print("填好的表格，可用浏览器打开、打印：")
    for form in sorted(FORMS.iterdir()):
        print(f"  {form}")


def own_registry() -> str:
    """Return in which state this project's own registry is; "" where it has no history."""
    said = ""
    for argv in (("log", "-1", "--format=%H"), ("status", "--porcelain")):
        said += subprocess.run(
            ["git", "-C", PROJECT, *argv, "--", "registry"],
            capture_output=True,
            encoding="utf-8",
            check=False,
        ).stdout
    return said


def git(folder: Path, env: Mapping[str, str], *argv: str) -> str:
    """Return what Git says."""
    return subprocess.run(
        ["git", *argv], cwd=folder, env=env, capture_output=True, encoding="utf-8", check=True
    ).stdout


if __name__ == "__main__":
    main()
