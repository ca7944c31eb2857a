"""What one revision lays down for the changes that follow it: policy, people, keys, schemas."""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import PurePosixPath

from qjmedia.errors import Refused
from qjmedia.model.access import ACCESS_PATH, Access, Actor
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.model.policy import Policy
from qjmedia.model.tree import Record, text
from qjmedia.store import signatures
from qjmedia.store.files import LARGEST_BYTES, Files
from qjmedia.store.layout import SCHEMA_OF, packaged
from qjmedia.store.yaml import parse

PATHS = frozenset({POLICY_PATH, UNITS_PATH, ACCESS_PATH, *SCHEMA_OF.values()})
"""The files that a revision's law stands in."""

REQUIRED = "要求"
STRICT = "strict"


class Law:
    """The law of one revision; what it cannot read it refuses rather than takes for empty."""

    def __init__(self, files: Files) -> None:
        """Read who may do what.

        Raises:
            Refused: registry.yaml or access.yaml is there but cannot be read, or a revoked key
                is none.
        """
        self.files = files
        policy, access = self._tree(POLICY_PATH), self._tree(ACCESS_PATH)
        self.policy = Policy.of(policy)
        self.access = Access.of(access)
        self.revoked = frozenset(map(signatures.fingerprint, self.access.revoked))
        self.is_strict = text(policy, "audit") == STRICT
        self.wants_signatures = text(policy, "signatures") == REQUIRED
        if "" in self.revoked:
            raise Refused(
                f"基准版本的 {ACCESS_PATH} 中有一把作废的密钥读不出来，不知道哪些签名不作数",
                hint=f"请党委宣传部先改好 {ACCESS_PATH} 的 revoked",
            )

    @cached_property
    def texts(self) -> Mapping[PurePosixPath, bytes | None]:
        """The policy and the schemas as they stand, to be laid over a later revision."""
        return {path: self.files.read(path) for path in (POLICY_PATH, *SCHEMA_OF.values())}

    @cached_property
    def schemas(self) -> Mapping[PurePosixPath, bytes | None]:
        """The schemas alone."""
        return {path: data for path, data in self.texts.items() if path != POLICY_PATH}

    @cached_property
    def strict_schemas(self) -> Mapping[PurePosixPath, bytes | None]:
        """The schemas without what a draft still lacks: its wording takes longer than the rest."""
        path = SCHEMA_OF["platform"]
        own = self.texts[path]
        try:
            schema = json.loads(own if own is not None else packaged(path).read_bytes())
            kept = {key: value for key, value in schema.items() if key != "x-draft"}
        except (ValueError, AttributeError, RecursionError):  # the schema's own reader will say so
            return self.schemas
        return {**self.schemas, path: json.dumps(kept).encode()}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Every key that is allowed."""
        return tuple(key for member in self.access.members for key in member.keys)

    def holder(self, fingerprint: str) -> Actor:
        """Return whose key has this fingerprint; nobody if it is unknown."""
        found = tuple(
            member
            for member in self.access.members
            if fingerprint in {signatures.fingerprint(key) for key in member.keys}
        )
        return Actor(next((member.email for member in found), ""), found if fingerprint else ())

    def _tree(self, path: PurePosixPath) -> Record:
        data = self.files.read(path)
        if data is None:
            return {}
        parsed = parse(data) if len(data) <= LARGEST_BYTES else None
        if parsed is None or parsed.tree is None:
            raise Refused(
                f"基准版本的 {path} 读不出来，不知道谁可以改什么",
                hint=f"请党委宣传部先改好 {path}",
            )
        return parsed.tree
