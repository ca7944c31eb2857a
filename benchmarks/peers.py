"""The same kills and the same clerks at once, pointed at papis and doorstop: what do they lose?

python -m benchmarks.peers [KILLS] [CLERKS] [EACH]

Both keep one YAML file an entry, as we do; papis commits with Git by itself (`--git`), doorstop
leaves that to the user. Each is installed into an environment of its own below out/peers; what
cannot be had is left out, with the reason. An addition counts as acknowledged once its command has
ended with 0. A kill hits the whole process group at a random moment of the command's usual time.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml

OUT = Path("out/peers").absolute()
SEED = 20261126
GITCONFIG = "[user]\n\tname = 示例甲\n\temail = jia@example.edu.cn\n[gc]\n\tauto = 0\n"


@dataclass
class Peer:
    """A tool at work in a folder of its own.

    Attributes:
        command: how it is started.
        commits: whether it promises a commit an addition.
    """

    name: str
    command: list[str]
    root: Path
    commits: bool = True
    env: dict[str, str] = field(default_factory=dict)

    def argv(self, number: int) -> list[str]:
        """Return the command that adds entry `number`."""
        if self.name == "papis":
            entry = ["--set", "title", f"entry-{number}", "--set", "author", "A"]
            folder = ["--folder-name", f"entry-{number}"]
            return [*self.command, "-l", "lib", "add", "--batch", "--git", *entry, *folder]
        if self.name == "doorstop":
            return [*self.command, "add", "REQ"]
        fields = {"name": f"平台{number}", "kind": "公众号", "account": f"entry_{number}",
                  "owner": "publicity", "id": f"entry-{number}"}  # fmt: skip
        options = [word for key, value in fields.items() for word in ("--set", f"{key}={value}")]
        return [*self.command, "add", "--draft", "-y", *options, "--root", str(self.root)]

    def start(self, number: int) -> subprocess.Popen[str]:
        """Start adding, in a process group of its own."""
        return subprocess.Popen(
            self.argv(number), cwd=self.root, env={**os.environ, **self.env}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip

    def add(self, number: int) -> str | None:
        """Add an entry; return the name under which it was acknowledged, None if refused."""
        process = self.start(number)
        out, err = process.communicate()
        if process.returncode:
            return None
        found = re.search(r"added item: (\S+)", out + err)
        return found[1] if found else f"entry-{number}"

    def files(self) -> dict[str, Path]:
        """Return the entries that lie there, by name."""
        if self.name == "papis":
            return {path.parent.name: path for path in self.root.glob("*/info.yaml")}
        pattern = "reqs/REQ*.yml" if self.name == "doorstop" else "registry/platforms/*/*.yaml"
        return {path.stem: path for path in self.root.glob(pattern)}

    def spoilt(self) -> int:
        """Return how many entries cannot be read, are empty, or stand there in part."""
        count = sum(1 for path in self.root.glob("entry-*") if not (path / "info.yaml").exists())
        for path in self.files().values():
            try:
                count += not yaml.safe_load(path.read_text("utf-8"))
            except (yaml.YAMLError, UnicodeDecodeError):
                count += 1
        return count

    def git(self, *args: str) -> str:
        """Run Git in its folder."""
        done = subprocess.run(
            ["git", *args], cwd=self.root, capture_output=True, text=True, check=False
        )
        return done.stdout


def prepared(name: str) -> Peer | str:
    """Install a tool and give it an empty folder; why not, if that cannot be."""
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    root = folder / "lib"
    root.mkdir(parents=True)
    (folder / "gitconfig").write_text(GITCONFIG, "utf-8")
    env = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"),
           "GIT_CONFIG_GLOBAL": str(folder / "gitconfig")}  # fmt: skip
    if name == "qjmedia":
        peer = Peer(name, [sys.executable, "-m", "qjmedia"], root, env=env)
        subprocess.run([*peer.command, "init", str(root)], env={**os.environ, **env}, check=True,
                       capture_output=True)  # fmt: skip
        return peer
    bin_folder = OUT / f"venv-{name}" / "bin"
    if not (bin_folder / name).exists():
        subprocess.run([sys.executable, "-m", "venv", str(bin_folder.parent)], check=True)
        pip = [str(bin_folder / "python"), "-m", "pip", "install", "--quiet", name]
        if subprocess.run(pip, check=False, capture_output=True).returncode:
            return "pip cannot install it here"
    peer = Peer(name, [str(bin_folder / name)], root, name == "papis", env)
    peer.git("init", "--quiet", ".")
    if name == "papis":
        config = folder / "config/papis/config"
        config.parent.mkdir(parents=True)
        config.write_text(f"[settings]\ndefault-library=lib\n[lib]\ndir={root}\n", "utf-8")
    else:
        create = [*peer.command, "create", "REQ", "./reqs"]
        subprocess.run(create, cwd=root, env={**os.environ, **env}, check=True, capture_output=True)
    return peer


def killed(peer: Peer, kills: int) -> dict[str, int]:
    """Kill additions at random moments; count what is left in a state that nobody asked for."""
    begun = time.monotonic()
    peer.add(0)
    usual = time.monotonic() - begun
    chance = random.Random(SEED)  # noqa: S311  the same moments each time
    counts = {"kills": 0, "half": 0, "spoilt": 0, "next refused": 0}
    number = 0
    while counts["kills"] < kills:
        number += 2
        process = peer.start(number)
        time.sleep(chance.uniform(0.3, 1.0) * usual)
        hit = process.poll() is None
        if hit:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        usual *= 1.03 if hit else 0.9
        counts["kills"] += hit
        before = peer.spoilt()
        counts["next refused"] += peer.add(number + 1) is None
        dirty = peer.git("status", "--porcelain", "--untracked-files=all") if peer.commits else ""
        locked = (peer.root / ".git/index.lock").exists()
        counts["half"] += bool(dirty) or locked
        counts["spoilt"] += bool(before or peer.spoilt())
        repair(peer)
    return counts


def repair(peer: Peer) -> None:
    """Do by hand what the tool did not, so that each kill is counted once."""
    (peer.root / ".git/index.lock").unlink(missing_ok=True)
    if peer.commits:
        peer.git("reset", "--quiet", "--hard")
        peer.git("clean", "-qfd")
        return
    for path in peer.files().values():
        if not path.read_bytes():
            path.unlink()


def raced(peer: Peer, clerks: int, each: int) -> dict[str, int]:
    """Let clerks add at once; count what was acknowledged and is not there, or is in no commit."""

    def work(clerk: int) -> list[str]:
        names = (peer.add(10_000 + clerk * each + number) for number in range(each))
        return [name for name in names if name is not None]

    before = len(peer.git("log", "--format=%H").split())
    with ThreadPoolExecutor(clerks) as pool:
        acknowledged = [name for names in pool.map(work, range(clerks)) for name in names]
    there = set(peer.files())
    counts = {
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged) - len(set(acknowledged) & there),
    }
    if peer.commits:
        tracked = peer.git("ls-tree", "-r", "--name-only", "HEAD")
        counts["not committed"] = sum(
            f"{name}/" not in tracked and f"{name}." not in tracked for name in set(acknowledged)
        )
        made = len(peer.git("log", "--format=%H").split()) - before
        counts["no commit of its own"] = max(0, len(acknowledged) - made)
    return counts


def main(kills: str = "40", clerks: str = "8", each: str = "10") -> None:
    """Print one line a tool and test."""
    for name in ("qjmedia", "papis", "doorstop"):
        peer = prepared(name)
        if isinstance(peer, str):
            print(f"{name}: left out, {peer}")
            continue
        print(f"{name}: killed {killed(peer, int(kills))}", flush=True)
        repair(peer)
        print(f"{name}: at once {raced(peer, int(clerks), int(each))}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
