"""All platforms of one revision, indexed on demand."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

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
    """Platforms that are judged together."""

    platforms: tuple[Platform, ...]
    context: Context

    def shared(
        self, keys: Callable[[Platform], Iterable[Hashable]]
    ) -> Mapping[Hashable, tuple[Platform, ...]]:
        """Return the platforms that have a key in common, by that key, in path order."""
        groups: defaultdict[Hashable, list[Platform]] = defaultdict(list)
        for platform in self.platforms:
            for key in dict.fromkeys(keys(platform)):
                groups[key].append(platform)
        return {
            key: tuple(sorted(group, key=lambda platform: platform.path.parts))
            for key, group in groups.items()
            if len(group) > 1
        }
