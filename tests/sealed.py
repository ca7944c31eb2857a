"""Keys, and a registry that asks for signatures."""

import subprocess
from pathlib import Path

import scene
from plain_git import git
from scene import OFFICE, Desk

NAMES = ("office", "math", "stranger")


def made(folder: Path) -> Path:
    """Make the keys of the office, the college and a stranger."""
    for name in NAMES:
        file = str(folder / name)
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]
        subprocess.run(command, check=True)
    return folder


def public(keys: Path, name: str) -> str:
    """Return somebody's public key as it stands in a list of people."""
    return (keys / f"{name}.pub").read_text("ascii").strip()


def fingerprint(keys: Path, name: str) -> str:
    """Return what stands for a public key in short."""
    said = subprocess.check_output(["ssh-keygen", "-lf", keys / f"{name}.pub"], text=True)
    return said.split()[1]


def access(keys: Path, *, shortened: bool = False) -> str:
    """Return the list of people with the keys of the office and the college."""
    math, office = (fingerprint if shortened else public)(keys, "math"), public(keys, "office")
    return scene.ACCESS.replace("role: publicity", f'role: publicity, keys: ["{office}"]').replace(
        "units: [math]", f'units: [math], keys: ["{math}"]'
    )


def demand(desk: Desk, keys: Path) -> Desk:
    """Let a registry ask for signatures from its next commit on."""
    desk.write("registry/registry.yaml", f"{scene.POLICY}signatures: 要求\n")
    desk.write("registry/access.yaml", access(keys))
    desk.commit(OFFICE, "要求签名")
    git(desk.root, "config", "gpg.format", "ssh")
    return desk


def sign_as(desk: Desk, keys: Path, name: str) -> None:
    """Sign with somebody's key from now on."""
    git(desk.root, "config", "user.signingKey", str(keys / name))
    git(desk.root, "config", "commit.gpgSign", "true")
