"""Where the policy asks for signatures, a name in a commit proves nothing."""

from pathlib import Path

import make
import pytest
from conftest import Command
from plain_git import git
from scene import MATH, OFFICE, Desk, Serving
from sealed import access, fingerprint, public, sign_as

TODAY = ("--today", make.TODAY.isoformat())


def judged(desk: Desk, qjmedia: Command, base: str) -> tuple[int, str]:
    ran = qjmedia("check", "--root", str(desk.root), "--base", base, *TODAY)
    return ran.code, ran.out + ran.err


def revoke(desk: Desk, keys: Path, form: str) -> str:
    """Revoke the college's key, which stays listed under its holder."""
    key = public(keys, "math")
    if form == "fingerprint":
        key = fingerprint(keys, "math")
    revoked = f'revoked:\n- {{key: "{key}", reason: 电脑丢失}}\n'
    desk.write("registry/access.yaml", access(keys) + revoked)
    sign_as(desk, keys, "office")
    return desk.commit(OFFICE, "密钥作废")


def audited(desk: Desk, qjmedia: Command) -> str:
    return qjmedia("audit", "--root", str(desk.root), *TODAY).out


def amended(desk: Desk, who: str = MATH) -> None:
    desk.change("math-wechat", remarks="改了")
    desk.trailed(who)


def test_a_commit_signed_by_its_committer_is_accepted(
    signing: Desk, keys: Path, qjmedia: Command
) -> None:
    base = signing.head
    sign_as(signing, keys, "math")
    amended(signing)
    assert judged(signing, qjmedia, base)[0] == 0


def test_a_key_may_be_enrolled_by_its_fingerprint(
    signing: Desk, keys: Path, qjmedia: Command
) -> None:
    signing.write("registry/access.yaml", access(keys, shortened=True))
    base = signing.commit(OFFICE)
    sign_as(signing, keys, "math")
    amended(signing)
    assert judged(signing, qjmedia, base)[0] == 0


@pytest.mark.parametrize(
    ("key", "who", "committer", "said"),
    [
        ("", MATH, MATH, "没有签名"),
        ("stranger", MATH, MATH, "密钥不在 access.yaml 中"),
        ("math", OFFICE, OFFICE, "提交人却写的是示例甲"),
        ("math", OFFICE, MATH, "作者却写的是示例甲"),
        ("stranger", OFFICE, OFFICE, "密钥不在 access.yaml 中"),
    ],
    ids=["unsigned", "unknown-key", "another-committer", "another-author", "stranger"],
)
def test_a_name_without_its_key_is_refused_by_ci_and_by_the_server(
    key: str, who: str, committer: str, said: str, signing: Desk, keys: Path, serve: Serving,
    qjmedia: Command,
) -> None:  # fmt: skip
    base, server = signing.head, serve(signing)
    if key:
        sign_as(signing, keys, key)
    signing.change("academic-wechat", remarks="改了")
    signing.commit(who, committer=committer)
    ran = qjmedia("check", "--root", str(signing.root), "--base", base, "--json", *TODAY)
    assert ran.code == 1, ran.err
    (found,) = (each for each in ran.json["findings"] if each["code"] == "QJ0025")
    assert found["path"] == "registry/platforms/academic/academic-wechat.yaml"
    assert (found["line"], found["severity"]) == (1, "error")
    assert said in found["message"]
    accepted, told = signing.push(server)
    assert not accepted
    assert said in told


def test_rights_are_those_of_the_signer(signing: Desk, keys: Path, qjmedia: Command) -> None:
    base = signing.head
    sign_as(signing, keys, "math")
    signing.change("academic-wechat", remarks="改了")
    signing.commit(MATH, committer=OFFICE)
    code, out = judged(signing, qjmedia, base)
    assert code == 1, out
    assert "示例乙（yi@example.edu.cn）无权改动" in out


def test_a_removed_key_is_worth_nothing_whatever_the_date(
    signing: Desk, keys: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing.write(
        "registry/access.yaml", access(keys).replace(public(keys, "math"), public(keys, "stranger"))
    )
    base = signing.commit(OFFICE, "换了密钥")
    sign_as(signing, keys, "math")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2020-01-01T00:00:00+0800")
    amended(signing)
    assert "QJ0025" in judged(signing, qjmedia, base)[1]


@pytest.mark.parametrize("form", ["whole", "fingerprint"])
def test_a_revoked_key_is_worth_nothing_though_it_is_still_listed(
    form: str, signing: Desk, keys: Path, serve: Serving, qjmedia: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whatever the date, by CI and by the server; and audit from that commit on."""
    sign_as(signing, keys, "math")
    amended(signing)
    base = revoke(signing, keys, form)
    server = serve(signing)
    assert "QJ0025" not in audited(signing, qjmedia)
    sign_as(signing, keys, "math")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2020-01-01T00:00:00+0800")
    signing.change("math-wechat", remarks="又改了")
    signing.trailed(MATH)
    code, out = judged(signing, qjmedia, base)
    assert code == 1, out
    assert "密钥已经作废" in out
    accepted, said = signing.push(server)
    assert not accepted
    assert "密钥已经作废" in said
    assert audited(signing, qjmedia).count("密钥已经作废") == 1


def test_an_old_line_does_not_bring_in_a_revoked_key(
    signing: Desk, keys: Path, qjmedia: Command
) -> None:
    """A thief forks before the revocation; a merge by somebody else brings it in."""
    git(signing.root, "checkout", "-q", "-b", "old")
    sign_as(signing, keys, "math")
    amended(signing)
    git(signing.root, "checkout", "-q", "main")
    base = revoke(signing, keys, "whole")
    name, email = OFFICE.removesuffix(">").split(" <")
    git(signing.root, "-c", f"user.name={name}", "-c", f"user.email={email}",
        "merge", "-q", "--no-ff", "-m", "Merge", "old")  # fmt: skip
    code, out = judged(signing, qjmedia, base)
    assert code == 1, out
    assert "密钥已经作废" in out
    assert "密钥已经作废" in audited(signing, qjmedia)


def test_a_revocation_in_the_same_push_does_not_count_yet(
    signing: Desk, keys: Path, qjmedia: Command
) -> None:
    """Nobody shuts another out by a change that is still to be judged."""
    base = signing.head
    revoke(signing, keys, "whole")
    sign_as(signing, keys, "math")
    amended(signing)
    assert judged(signing, qjmedia, base)[0] == 0


def test_a_revocation_that_cannot_be_read_is_not_passed_over(
    signing: Desk, keys: Path, qjmedia: Command
) -> None:
    signing.write("registry/access.yaml", f"{access(keys)}revoked: [{{key: 示例, reason: 遗失}}]\n")
    base = signing.commit(OFFICE)
    sign_as(signing, keys, "math")
    amended(signing)
    code, out = judged(signing, qjmedia, base)
    assert code == 3, out
    assert "作废的密钥读不出来" in out


def test_a_key_added_in_the_same_push_is_worth_nothing_yet(
    signing: Desk, keys: Path, qjmedia: Command
) -> None:
    base = signing.head
    sign_as(signing, keys, "stranger")
    with_stranger = access(keys).replace(public(keys, "office"), public(keys, "stranger"))
    signing.write("registry/access.yaml", with_stranger)
    signing.commit(OFFICE)
    code, out = judged(signing, qjmedia, base)
    assert code == 1, out
    assert "QJ0025" in out


def test_a_signature_moved_to_another_content_is_refused(
    signing: Desk, keys: Path, qjmedia: Command
) -> None:
    base = signing.head
    sign_as(signing, keys, "math")
    amended(signing)
    raw = git(signing.root, "cat-file", "commit", "HEAD") + "\n"
    forged = raw.replace("Qj-Action: amend", "Qj-Action: close")
    made = git(signing.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=forged.encode())
    git(signing.root, "reset", "-q", "--hard", made)
    code, out = judged(signing, qjmedia, base)
    assert code == 1, out
    assert "签名与内容不符" in out


@pytest.mark.parametrize("armour", ["PGP SIGNATURE", "SIGNED MESSAGE", "SSH SIGNATURE"])
def test_no_program_that_the_configuration_names_is_started(
    armour: str, signing: Desk, tmp_path: Path, qjmedia: Command
) -> None:
    base, trap = signing.head, tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n", "utf-8")
    trap.chmod(0o755)
    for key in ("gpg.program", "gpg.ssh.program", "gpg.openpgp.program", "gpg.x509.program"):
        git(signing.root, "config", key, str(trap))
    amended(signing)
    head, _, body = git(signing.root, "cat-file", "commit", "HEAD").partition("\n\n")
    raw = f"{head}\ngpgsig -----BEGIN {armour}-----\n AAAA\n -----END {armour}-----\n\n{body}\n"
    made = git(signing.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())
    git(signing.root, "reset", "-q", "--hard", made)
    code, out = judged(signing, qjmedia, base)
    assert code == 1, out
    assert "QJ0025" in out
    assert not (tmp_path / "sprung").exists()


def test_the_server_asks_for_signatures_too(signing: Desk, keys: Path, serve: Serving) -> None:
    server = serve(signing)
    amended(signing)
    accepted, said = signing.push(server)
    assert not accepted
    assert "没有签名" in said
    sign_as(signing, keys, "math")
    git(signing.root, "-c", "user.name=示例乙", "-c", "user.email=yi@example.edu.cn",
        "commit", "-q", "--amend", "--no-edit")  # fmt: skip
    accepted, said = signing.push(server)
    assert accepted, said


def test_audit_asks_for_signatures_from_the_commit_on_that_did(
    signing: Desk, keys: Path, qjmedia: Command
) -> None:
    sign_as(signing, keys, "math")
    amended(signing)
    arguments = ("audit", "--root", str(signing.root), *TODAY)
    ran = qjmedia(*arguments)
    assert ran.code == 0, ran.out
    git(signing.root, "config", "commit.gpgSign", "false")
    signing.change("math-wechat", remarks="又改了")
    signing.trailed(MATH)
    ran = qjmedia(*arguments)
    assert ran.code == 1
    assert ran.out.count("QJ0025") == 1
