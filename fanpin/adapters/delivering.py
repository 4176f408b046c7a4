"""The core's side of an outlet: items out with every person's data sealed, parcels back, each judged before it is opened."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed, Failure
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.parcels import Item, Parcel
from fanpin.adapters.run import PluginChild, boundary, holds_id, unclean
from fanpin.adapters.wire import Deliver, ParcelOut, Parcels

ITEMS_AT_A_TIME = 50
SEAL = re.compile("⟦([0-9a-f]{16})⟧")
MARKS = ("⟦", "⟧")
# A cell that begins so is run by whoever opens the sheet.
FORMULA = ("=", "+", "-", "@", "\t")
# What of an item is about a person; a notice shows the head's name to everybody, and still only the core writes it.
PERSONAL = frozenset({
    "name", "head_name", "head_id", "id_number", "phone", "address", "hukou_place", "account", "illness", "disability_certificate",
    "household_code", "head_code", "person_code", "registrar", "registrar_phone", "after_contact", "after_contact_phone"})


@dataclass
class Sealed:
    """An item under its token, and what its opaque words stand for: the value, and in which row (None: the whole item)."""

    token: str
    item: Item
    opened: dict[str, tuple[str, int | None]] = field(default_factory=dict)


def seal(item: Item, settings: Mapping[str, str]) -> Sealed:
    """Replace what is about persons by words that are new in each request."""
    made = Sealed(secrets.token_hex(8), item)
    made.item = Item(errand=item.errand, values=_hidden(made, item.values, None), settings=settings,
                     rows=tuple(_hidden(made, row, place) for place, row in enumerate(item.rows)))
    return made


def _hidden(made: Sealed, words: Mapping[str, str], place: int | None) -> dict[str, str]:
    return {name: _hide(made, value, place) if name in PERSONAL and value else value for name, value in words.items()}


def _hide(made: Sealed, value: str, place: int | None) -> str:
    word = secrets.token_hex(8)
    made.opened[word] = (value, place)
    return f"⟦{word}⟧"


def deliver(installed: Installed, manifest: Manifest, items: Sequence[Item], *,
            settings: Mapping[str, str] | None = None) -> list[Parcel]:
    """Return each item's parcel, in order; one that breaks the contract raises AdapterFailed, and nothing of all is kept."""
    with PluginChild(installed, manifest, settings=settings) as plugin:
        return list(delivered(plugin, items))


def delivered(plugin: PluginChild, items: Iterable[Item]) -> Iterator[Parcel]:
    """Yield the parcels of many items through one lasting child."""
    coming = iter(items)
    while chunk := [seal(item, plugin.settings) for item in islice(coming, ITEMS_AT_A_TIME)]:
        yield from judged(chunk, plugin.ask(Deliver([(one.token, one.item) for one in chunk]), Parcels).items)


def judged(asked: Sequence[Sealed], found: Sequence[ParcelOut]) -> list[Parcel]:
    """Open the parcels in the order in which they were asked for; raise AdapterFailed for one about anybody else."""
    by_token = {one.token: one for one in found}
    tokens = {one.token for one in asked}
    if len(by_token) != len(found) or set(by_token) - tokens:
        raise boundary("stranger", "报送出口给出了没有交办的内容，整批没有采用")
    if missing := len(tokens - set(by_token)):
        raise _wrong("silent", f"报送出口漏了{missing}件，整批没有采用")
    return [_opened(one, by_token[one.token]) for one in asked]


def _opened(sealed: Sealed, out: ParcelOut) -> Parcel:
    given = {value for words in (sealed.item.values, *sealed.item.rows) for value in words.values()}

    def opened(words: str) -> str:
        return _open(sealed, words, given)

    parcel = Parcel(
        title=opened(out.title), text=opened(out.text), headings=tuple(map(opened, out.headings)),
        rows=tuple(tuple(map(opened, row)) for row in out.rows),
        post={name: [_record(record, opened) for record in value] if isinstance(value, list) else
              opened(value) if isinstance(value, str) else value for name, value in out.post.items()})
    if not (out.rows or out.text or out.post):
        raise _wrong("empty", "报送出口什么也没有给出，没有采用")
    if out.rows and (not out.headings or any(len(row) != len(out.headings) for row in out.rows)):
        raise _wrong("shape", "报送出口给出的表，行和列名对不上，没有采用")
    lists = [value for value in out.post.values() if isinstance(value, list)]
    for rows in ([out.rows] if out.rows else []) + [[list(map(str, record.values())) for record in records] for records in lists]:
        _whole(sealed, rows)
    return parcel


def _record(record: Mapping[str, str | int], opened: Callable[[str], str]) -> dict[str, str | int]:
    return {name: opened(value) if isinstance(value, str) else value for name, value in record.items()}


def _open(sealed: Sealed, words: str, given: set[str]) -> str:
    """Return words with every seal opened; only the item's own may stand in them."""
    seals = SEAL.findall(words)
    if any(word not in sealed.opened for word in seals):
        raise boundary("stranger", "报送出口把别人的信息放进了这一件，整批没有采用")
    bare = SEAL.sub("", words)
    if any(mark in bare for mark in MARKS):
        raise boundary("stranger", "报送出口给出了伪造的替代符，整批没有采用")
    if words not in given:
        if holds_id(bare):
            raise boundary("id_inside", "报送出口在文字里夹带证件号码，整批没有采用")
        if unclean(bare):
            raise _wrong("unclean", "报送出口给出的文字里有看不见的控制字符，没有采用")
        if bare.startswith(FORMULA):
            raise _wrong("formula", "报送出口给出的内容以公式符号开头，没有采用")
    return SEAL.sub(lambda found: sealed.opened[found[1]][0], words)


def _whole(sealed: Sealed, rows: Sequence[Sequence[str]]) -> None:
    """Raise unless every row of the item that names a person stands in exactly one row here, and no row names two."""
    wanted = {place for _, place in sealed.opened.values() if place is not None}
    found: list[int] = []
    for row in rows:
        known = {sealed.opened[word][1] for words in row for word in SEAL.findall(words) if word in sealed.opened}
        places = known - {None}
        if len(places) > 1:
            raise boundary("mixed", "报送出口把两个人的信息写进了一行，整批没有采用")
        found += [place for place in places if place is not None]
    if sorted(found) != sorted(wanted) or len(rows) != len(sealed.item.rows):
        raise _wrong("rows", "报送出口给出的行与交办的户、人对不上，没有采用")


def _wrong(code: str, text: str) -> AdapterFailed:
    return AdapterFailed(Failure(code, text))
