"""Who may change what: access.yaml, as the revision before a change has it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from qjmedia.model.platform import Platform, word
from qjmedia.model.tree import Tree, sequence, text
from qjmedia.model.words import Tier

ACCESS_PATH = PurePosixPath("registry/access.yaml")


class Role(StrEnum):
    """What somebody is to the registry."""

    PUBLICITY = "publicity"
    UNIT = "unit"
    STEWARD = "steward"


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of access.yaml; a person may have several."""

    name: str
    email: str
    role: Role | None
    units: frozenset[str]
    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, tree: dict[str, Tree]) -> "Member":
        """Read an entry; one without a known role may do nothing."""
        return cls(
            text(tree, "name"),
            folded(text(tree, "email")),
            word(Role, tree, "role"),
            frozenset(item for item in sequence(tree, "units") if isinstance(item, str)),
            tuple(item for item in sequence(tree, "keys") if isinstance(item, str)),
        )

    def holds(self, platform: Platform) -> bool:
        """Whether a platform is this person's to change.

        Measures: 第三条 (谁主办，谁负责), 第五条 (三级归口), 第六条 (工作群由所在单位管理).
        """
        match self.role:
            case Role.PUBLICITY:
                return True
            case Role.UNIT:
                is_own = {platform.owner, platform.path.parent.name} <= self.units
                untold = platform.tier is None and platform.is_draft
                return is_own and (untold or platform.tier in {Tier.UNIT, Tier.WORK_GROUP})
            case Role.STEWARD:
                return platform.steward in self.units and platform.tier is Tier.STUDENT
            case None:
                return False


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who made a change, with all that access.yaml says of him; nothing if unknown."""

    email: str
    members: tuple[Member, ...] = ()

    @property
    def is_publicity(self) -> bool:
        """Whether this is the publicity department, which may do everything."""
        return any(member.role is Role.PUBLICITY for member in self.members)

    def holds(self, platform: Platform) -> bool:
        """Whether a platform is this person's to change."""
        return any(member.holds(platform) for member in self.members)

    def __str__(self) -> str:
        name = next((member.name for member in self.members if member.name), "")
        return (
            f"{name}（{self.email}）" if name and self.email else name or self.email or "不知名者"
        )


@dataclass(frozen=True, slots=True)
class Access:
    """All entries of access.yaml; without any, access is not enforced."""

    members: tuple[Member, ...] = ()
    revoked: tuple[str, ...] = ()
    """Keys that are worth nothing, whoever they are listed under; "" for what is not one."""

    @classmethod
    def of(cls, tree: Tree) -> "Access":
        """Read access.yaml."""
        whole = tree if isinstance(tree, dict) else {}
        # an entry that cannot be read still means that access is to be enforced
        return cls(
            tuple(Member.of(_entry(item)) for item in sequence(whole, "people")),
            tuple(text(_entry(item), "key") for item in sequence(whole, "revoked")),
        )

    @property
    def is_enforced(self) -> bool:
        """Whether anybody is named at all."""
        return bool(self.members)

    def actor(self, email: str) -> Actor:
        """Return whoever has an e-mail address."""
        wanted = folded(email)
        found = (member for member in self.members if wanted and member.email == wanted)
        return Actor(email, tuple(found))


def _entry(item: Tree) -> dict[str, Tree]:
    return item if isinstance(item, dict) else {}


def folded(email: str) -> str:
    """Return an e-mail address for comparison; only ASCII letters lose their case."""
    return "".join(char.lower() if char.isascii() else char for char in email.strip(" "))
