"""Which columns a ledger has: what registry.yaml names, or what the format has room for."""

from collections.abc import Mapping

from qjmedia.errors import BadRequest
from qjmedia.model.nearest import nearest
from qjmedia.model.policy import Policy
from qjmedia.model.unit import Units
from qjmedia.render.columns import COMPLETE, Layout, chosen
from qjmedia.store.outline import Field

COMPLETE_NAME, PRINTED_NAME = "完整", "打印"
"""The layouts that every registry has; one of its own may take their names."""

ON_PAPER = frozenset({"pdf", "html"})


def layout(policy: Policy, name: str, output: str) -> Layout:
    """Return the layout called `name`, without a name the one that suits the format.

    Raises:
        BadRequest: there is no such profile; the nearest is named.
    """
    known = known_layouts(policy)
    if not name:
        return known[PRINTED_NAME if output in ON_PAPER else COMPLETE_NAME]
    if name not in known:
        near = nearest(name, known)
        raise BadRequest(
            f"没有“{name}”这种版式",
            hint=f"是否想写 {near}？"
            if near
            else f"可用的有：{'、'.join(known)}；自己的版式写在 registry.yaml 的 profiles 中",
        )
    return known[name]


def known_layouts(policy: Policy) -> dict[str, Layout]:
    """Return every layout by its name."""
    built_in = {COMPLETE_NAME: Layout(COMPLETE), PRINTED_NAME: Layout()}
    own = {each.name: Layout(chosen(each.headings), each.title) for each in policy.profiles}
    return built_in | own


def word_lists(fields: Mapping[str, Field], units: Units) -> dict[str, tuple[str, ...]]:
    """Return the words that a column may hold, by its field: word lists and names of units."""
    names = tuple(unit.name for unit in units if not unit.merged_into)
    lists = {key: field.choices for key, field in fields.items() if field.choices}
    return {**lists, "owner": names, "steward": names}
