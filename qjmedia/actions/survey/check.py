"""Whether a registry keeps to the Measures: as `actions.check`, but only what is new is judged."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from qjmedia.actions.survey.memory import Memory
from qjmedia.model.finding import Report
from qjmedia.store.cache import Cache
from qjmedia.store.files import Files
from qjmedia.store.folders import marks

if TYPE_CHECKING:
    from qjmedia.actions.check import Progress


def check(
    files: Files,
    today: date,
    *,
    progress: "Progress | None" = None,
    cache: Cache | None = None,
    now_ns: int = 0,
) -> Report:
    """Judge every file of a registry; what the cache knows of it is not judged again.

    The report is the same with and without a cache. Files that can only be read one by one (an
    index, a change not written yet) are judged plainly. `now_ns` is what `folders.marks` takes.
    Where nothing at all has changed, neither rules nor a reader of YAML are loaded.
    """
    memory = Memory(files, today, cache)
    stand = marks(files, now_ns, memory.watch(_ready(files, today)))
    if stand is None:
        from qjmedia.actions.check import check as check_plainly

        return check_plainly(files, today, progress=progress)
    known = memory.report(stand)
    if known is not None:
        return known
    from qjmedia.actions.survey.survey import Survey

    return Survey(files, today, stand, memory, progress).report()


def _ready(files: Files, today: date) -> Callable[[], None]:
    """Return what loads all that a survey will need; a copy of us may look at folders meanwhile."""

    def load() -> None:
        import qjmedia.actions.survey.survey  # noqa: F401  it is wanted later
        from qjmedia.actions.check import Judge

        Judge(files, today).ready()

    return load
