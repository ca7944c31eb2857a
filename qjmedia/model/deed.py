"""What one commit did: to a platform, to other files, and what it says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from qjmedia.model.access import Actor
from qjmedia.model.message import Message
from qjmedia.model.place import Place
from qjmedia.model.transition import Transition
from qjmedia.model.words import Status


@dataclass(frozen=True, slots=True)
class Deed:
    """One platform changed by somebody.

    Attributes:
        is_whole: whether the new content could be read; if not, `after` says nothing.
    """

    transition: Transition
    actor: Actor
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Intrusion:
    """A file other than a record, or several records at once, changed by somebody.

    Attributes:
        what: Chinese, what was changed.
        is_trick: whether nobody may do it, as links and submodules among the records.
    """

    place: Place
    what: str
    actor: Actor
    is_trick: bool = False


class Seal(Enum):
    """What a commit's signature is worth; the value says what is wrong with it."""

    GOOD = ""
    MISSING = "没有签名"
    FOREIGN = "的签名不是 SSH 签名"
    REVOKED = "的签名所用的密钥已经作废"
    UNKNOWN = "的签名所用的密钥不在 access.yaml 中"
    BROKEN = "的签名与内容不符"


@dataclass(frozen=True, slots=True)
class Signing:
    """A commit's signature beside the people who claim the commit.

    Attributes:
        signer: whose key it is; nobody where the key is unknown.
        committer: as the commit names him.
        author: as the commit names him.
    """

    place: Place
    seal: Seal
    signer: Actor
    committer: Actor
    author: Actor


@dataclass(frozen=True, slots=True)
class Act:
    """A commit's trailers beside what it did.

    Attributes:
        changed: the fields that changed, by record or unit.
        added: the records that are new.
        lie: Chinese; why it is not the undo or the beginning that it claims to be, "" if it is.
        strangers: the files it changed that the tool does not write.
        repeated: the trailers that stand more than once.
        changed_on: the days of the changes that it filed.
        moved: the new status of the records whose status it changed.
    """

    place: Place
    message: Message
    changed: Mapping[str, frozenset[str]]
    added: frozenset[str] = frozenset()
    lie: str = ""
    strangers: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    changed_on: frozenset[str] = field(default_factory=frozenset)
    moved: Mapping[str, Status] = field(default_factory=dict)
