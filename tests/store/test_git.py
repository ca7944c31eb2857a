"""The door: identities, environment, versions."""

import os
import sys
from pathlib import Path

import pytest
from plain_git import faulty_git, git

from qjmedia.errors import BadRequest, MachineFault, NotARegistry, Refused
from qjmedia.store.git import Author, Git
from qjmedia.store.repository import Repository
from qjmedia.store.writing import lock

POISON = {
    "GIT_DIR": "/nowhere",
    "GIT_WORK_TREE": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere/index",
    "GIT_OBJECT_DIRECTORY": "/nowhere/objects",
    "GIT_NAMESPACE": "other",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "user.name",
    "GIT_CONFIG_VALUE_0": "别人",
    "GIT_EXEC_PATH": "/nowhere",
    "GIT_TRACE": "1",
}


def test_an_author_is_a_name_and_an_address() -> None:
    assert Author.parse("张三 <zhangsan@example.edu.cn>") == Author(
        "张三", "zhangsan@example.edu.cn"
    )
    assert str(Author("张三", "z@example.edu.cn")) == "张三 <z@example.edu.cn>"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "张三",
        "<z@example.edu.cn>",
        "张三 <>",
        "张三 <z>",
        "张三 <z@example.edu.cn> x",
        "张\n三 <z@example.edu.cn>",
        "张三 <z@example.edu.cn>\n",
        "张\x1b[31m三 <z@example.edu.cn>",
        "张\u202e三 <z@example.edu.cn>",
        "张三 <z@exa mple.cn>",
        "张<三 <z@example.edu.cn>",
        "... <z@example.edu.cn>",
        "长" * 300 + " <z@example.edu.cn>",
    ],
)
def test_nonsense_is_no_author(text: str) -> None:
    with pytest.raises(BadRequest, match="姓名"):
        Author.parse(text)


def test_the_author_is_whom_git_would_name(repository: Repository) -> None:
    assert repository.author() == Author("示例甲", "jia@example.edu.cn")


def test_without_name_and_address_the_message_gives_the_commands(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    with Repository.open(root) as repository, pytest.raises(MachineFault) as refusal:
        repository.author()
    assert "git config --global user.name" in refusal.value.hint


def test_what_a_surrounding_git_left_in_the_environment_does_no_harm(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    with Repository.open(root) as repository:
        assert repository.root == root
        assert repository.author().name == "示例甲"
        assert repository.head() == repository.resolve("main")


def test_a_pre_receive_hook_keeps_its_quarantine(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_QUARANTINE_PATH", "/nowhere")
    monkeypatch.setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", "/nowhere/objects")
    Git(root)
    assert os.environ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] == "/nowhere/objects"


def test_git_speaks_english_and_asks_nothing(repository: Repository) -> None:
    said = repository.git.run("-c", "alias.env=!env", "env").line().split("\n")
    assert {"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_LITERAL_PATHSPECS=1"} <= set(said)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_command_keeps_the_lock_until_it_ends_even_if_we_are_killed(
    repository: Repository,
) -> None:
    with lock.held(repository):
        files = repository.git.run("-c", "alias.fds=!ls -l /proc/self/fd", "fds").line()
        session = repository.git.run("-c", "alias.sid=!ps -o sid= -p $$", "sid").line()
    assert "qjmedia/lock" in files
    assert int(session) != os.getsid(0)


def test_without_git_the_message_says_how_to_get_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineFault, match="没有安装 Git"):
        Repository.open(root)


@pytest.mark.parametrize("said", ["git version 2.25.1", "git version 2.33.9", "nonsense"])
def test_a_git_that_is_too_old_is_named(
    said: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", faulty_git(tmp_path / "bin", "version", said, 0))
    with pytest.raises(MachineFault, match="Git 太旧") as refusal:
        Repository.open(root)
    assert "apt install git" in refusal.value.hint


@pytest.mark.parametrize(
    "said",
    ["git version 2.34.0", "git version 2.50.1 (Apple Git-155)", "git version 3.0.0.windows.1"],
)
def test_a_newer_git_is_welcome(
    said: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", faulty_git(tmp_path / "bin", "version", said, 0))
    with Repository.open(root) as repository:
        assert repository.head() is not None


def test_a_folder_outside_any_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotARegistry, match="不在 Git 仓库中"):
        Repository.open(tmp_path)


def test_another_users_repository_is_refused_with_the_command_to_trust_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    says = "fatal: detected dubious ownership in repository at '/x'"
    monkeypatch.setenv("PATH", faulty_git(tmp_path / "bin", "--is-bare-repository", says))
    with pytest.raises(MachineFault, match="另一个系统用户") as refusal:
        Repository.open(root)
    assert f"safe.directory {root}" in refusal.value.hint


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_git_itself_says_whose_repository_it_is(root: Path) -> None:
    for path in (root, root / ".git"):
        os.chown(path, 65534, 65534)
    with pytest.raises(MachineFault, match="另一个系统用户"):
        Repository.open(root)


def test_a_bare_repository_is_for_reading_only(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(root), "bare.git")
    with pytest.raises(Refused, match="bare"):
        Repository.open(tmp_path / "bare.git")
    with Repository.open(tmp_path / "bare.git", bare=True) as repository:
        assert len(repository.blobs(repository.resolve("HEAD"))) == 5


def test_the_inside_of_git_is_no_registry(root: Path) -> None:
    with pytest.raises(Refused, match="内部文件夹"):
        Repository.open(root / ".git")
