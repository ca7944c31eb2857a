"""All platforms of one revision, indexed on demand."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.unit import Units


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know beside its subject; the clock is an argument."""

    today: date
    policy: Policy = field(default_factory=Policy)
    units: Units = field(default_factory=lambda: Units({}))


@dataclass(frozen=True, slots=True)
class Registry:
    """Platforms that are judged together.

    Attributes:
        changed: the paths of those that a change is about: whatever two records clash in, it is
            they that come later.
    """

    platforms: tuple[Platform, ...]
    context: Context
    changed: Collection[PurePosixPath] = ()

    def shared(
        self, keys: Callable[[Platform], Iterable[Hashable]]
    ) -> Mapping[Hashable, tuple[Platform, ...]]:
        """Return the platforms that have a key in common, by that key; the changed come last."""
        groups: defaultdict[Hashable, list[Platform]] = defaultdict(list)
        for platform in self.platforms:
            for key in dict.fromkeys(keys(platform)):
                groups[key].append(platform)
        return {
            key: tuple(sorted(group, key=self._rank))
            for key, group in groups.items()
            if len(group) > 1
        }

    def _rank(self, platform: Platform) -> tuple[bool, tuple[str, ...]]:
        return platform.path in self.changed, platform.path.parts
