"""The publicity department agrees and gives the number: 第七条."""

from qjmedia.actions.filing.numbers import Number, given, next_after
from qjmedia.actions.filing.sign import Signature
from qjmedia.actions.filing.step import Scene, Step, Taken, filled, refused, with_status
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.platform import Filing
from qjmedia.model.transition import settled
from qjmedia.model.tree import Record
from qjmedia.model.words import PUBLICITY, Decision, Status, Tier

STARTS = frozenset({Status.PENDING})


def approve(signature: Signature, *, serial: str = "") -> Step:
    """Return the step 待审核→已备案|已登记.

    Args:
        signature: of the publicity department; who signs may stay unsaid.
        serial: the number to give instead of the next, e.g. one that stands on paper already.

    Raises:
        BadRequest: the serial is no number.
    """
    wanted = _serial(serial)
    return Step("approve", "备案", STARTS, lambda scene: _take(scene, signature, wanted))


def publicity_signer(scene: Scene, signature: Signature) -> str:
    """Return who signs for the publicity department; "" where nobody is known."""
    unit = scene.context.units.get(PUBLICITY)
    return signature.by or (unit.accountable.name if unit else "")


def require_unit_opinion(scene: Scene, form: Filing, what: str) -> None:
    """Return if the unit has agreed on the form before the publicity department looks at it.

    Raises:
        Refused: it has not.
    """
    if scene.platform.tier is not Tier.UNIT:
        return
    opinion = form.unit_opinion
    if opinion is None or opinion.decision is not Decision.CONSENT:
        person = scene.platform.accountable
        raise refused(
            scene,
            f"还没有所在单位的同意，宣传部不能{what}",
            f"先由{person.name}（{person.post}）签字盖章：qjmedia sign {scene.platform.id}",
        )


def _take(scene: Scene, signature: Signature, wanted: int | None) -> Taken:
    platform = scene.platform
    status = settled(platform.tier)
    found = platform.current_form
    if found is None:
        if wanted is not None:
            raise refused(scene, "没有登记表或申请表，不编号", "去掉 --serial", "第七条")
        return Taken(with_status(platform.tree, status), str(status))
    index, form = found
    require_unit_opinion(scene, form, "备案")
    signer = publicity_signer(scene, signature)
    signed_on = signature.on or scene.today
    number, notes = _number(scene, str(signed_on.year), wanted)
    entry = _entry(signature.opinion(signer, scene.today), number)
    record = with_status(filled(platform.tree, index, entry), status)
    if not signer:
        notes = (*notes, "没有写宣传部的签字人；要写的用 --by 姓名")
    return Taken(record, str(number), notes)


def _entry(opinion: Record, number: Number) -> Record:
    return {"publicity_opinion": opinion, "year": number.year, "serial": str(number.serial)}


def _number(scene: Scene, year: str, wanted: int | None) -> tuple[Number, tuple[str, ...]]:
    """Return the number to give, and what is worth saying about it.

    Raises:
        Refused: the one wanted was given before.
    """
    taken = given(scene.files.repository, scene.files.commit, year)
    following = next_after(taken)
    if wanted is None:
        return Number(year, following), ()
    number = Number(year, wanted)
    if wanted in taken:
        raise Refused(
            f"{number}已经给过 {'、'.join(sorted(taken[wanted]))}，号数不重复使用，作废的也不再用",
            article="第七条",
            hint=f"不写 --serial 即编{Number(year, following)}",
        )
    if wanted > following:
        skipped = f"第{following}号" + (f"到第{wanted - 1}号" if wanted > following + 1 else "")
        return number, (f"跳过了{year}年{skipped}",)
    return number, ()


def _serial(typed: str) -> int | None:
    if not typed:
        return None
    plain = typed.strip().removeprefix("第").removesuffix("号").strip()
    if plain.isascii() and plain.isdecimal() and int(plain) > 0:
        return int(plain)
    raise BadRequest(f"--serial 后应写号数，现为“{typed}”", hint="只写数字，例：--serial 12")
