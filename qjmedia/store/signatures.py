"""SSH signatures of commits, verified by Git against keys that are given, never configured."""

import base64
import binascii
import hashlib
import signal
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from qjmedia.errors import MachineFault
from qjmedia.store.fault import GitFailed
from qjmedia.store.git import CommitId
from qjmedia.store.repository import Repository

GOOD, UNKNOWN, BAD = "G", "U", "B"


class Signed(NamedTuple):
    """What Git says of a commit's signature.

    Attributes:
        letter: G good, U good by a key that is not on the list, B bad, N none, E not checked.
        fingerprint: of the key, `SHA256:…`; "" where there is none.
    """

    letter: str
    fingerprint: str


def fingerprint(key: str) -> str:
    """Return the fingerprint of a public key line, or of what is one already; "" if unreadable."""
    if key.startswith("SHA256:"):
        return key.split(maxsplit=1)[0].rstrip("=")
    words = key.split()
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (IndexError, binascii.Error):
        return ""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii")
    return f"SHA256:{digest.rstrip('=')}"


def verified(
    repository: Repository, commits: Iterable[CommitId], keys: Iterable[str]
) -> Mapping[CommitId, Signed]:
    """Return what the signatures of commits are worth.

    Only SSH signatures may be asked for: another kind would start the program that the
    configuration names for it. The programs are fixed here; the configuration is not asked.

    Raises:
        MachineFault: ssh-keygen is missing.
    """
    wanted, keys = list(commits), tuple(keys)
    if not wanted:
        return {}
    with tempfile.TemporaryDirectory(prefix="qjmedia-") as folder:
        allowed = Path(folder) / "allowed_signers"
        lines = (f'key namespaces="git" {_bare(key)}\n' for key in keys if _is_whole(key))
        allowed.write_text("".join(lines), "ascii")
        settings = (
            "gpg.format=ssh",
            "gpg.ssh.program=ssh-keygen",
            f"gpg.ssh.allowedSignersFile={allowed}",
            "gpg.ssh.revocationFile=",
            "gpg.program=false",
            "gpg.openpgp.program=false",
            "gpg.x509.program=false",
            "gpg.minTrustLevel=undefined",
        )
        try:
            found = repository.git.run(
                *(word for line in settings for word in ("-c", line)),
                "log", "--no-walk=unsorted", "--stdin", "-z", "--no-show-signature",
                "--format=tformat:%H%n%G?%n%GF", "--no-patch",
                stdin="".join(f"{each}\n" for each in wanted).encode(),
            )  # fmt: skip
        except GitFailed as error:
            if error.status != -signal.SIGPIPE:
                raise
            return _one_by_one(repository, wanted, keys)
    if "ssh-keygen" in found.stderr and "cannot run" in found.stderr:
        raise MachineFault("本机没有 ssh-keygen，核对不了签名", hint="安装 OpenSSH 8.2 以上")
    return dict(_answers(found.stdout))


def _one_by_one(
    repository: Repository, wanted: list[CommitId], keys: Iterable[str]
) -> Mapping[CommitId, Signed]:
    """Ask again commit by commit: at one of them Git ended.

    ssh-keygen may end at a malformed signature before Git has handed it all of the commit; Git
    then ends by SIGPIPE, for all commits asked about. Such a signature is a bad one.
    """
    if len(wanted) == 1:
        return {wanted[0]: Signed(BAD, "")}
    return {
        commit: signed
        for each in wanted
        for commit, signed in verified(repository, [each], keys).items()
    }


def _answers(printed: bytes) -> Iterable[tuple[CommitId, Signed]]:
    for block in printed.decode("utf-8", "replace").split("\0"):
        commit, letter, key = (*block.split("\n"), "", "")[:3]
        if commit:
            yield CommitId(commit), Signed(letter, key.rstrip("="))


def _is_whole(key: str) -> bool:
    """Whether a key is given in full, so that Git can look it up; a fingerprint is ours to find."""
    return key.isascii() and not key.startswith("SHA256:") and bool(fingerprint(key))


def _bare(key: str) -> str:
    """Return a public key without its comment."""
    return " ".join(key.split()[:2])
