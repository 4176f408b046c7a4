"""What a delivery says, set aside while it is read: in encrypted files without a name, so that memory holds one part.

A worker that is killed leaves nothing: the system takes a file without a name back with the process. Its heir begins anew.
"""

import pickle
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, Self, TypeVar

from fanpin import crypto
from fanpin.adapters.flow import Contradictions, Part
from fanpin.adapters.run import MappedRow
from fanpin.steps.delivery_reading import Coming, ReadRow, Trouble, read_row

# So many troubles are told one by one; all are counted.
MOST_TOLD = 2000
# So many parts are read between two words about the progress.
BETWEEN_WORDS = 2
SIZE = struct.Struct(">I")
T = TypeVar("T")


class Spool(Generic[T]):
    """Groups of values in the order in which they were put; only this process can read them, and only while it lives."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="fanpin-")
        self._groups = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, group: Sequence[T]) -> None:
        """Set a group aside."""
        # Sealed for its place: nothing but what was written here is ever unpacked.
        sealed = crypto.encrypt_file(pickle.dumps(list(group), pickle.HIGHEST_PROTOCOL), aad=self._place(self._groups))
        self._file.write(SIZE.pack(len(sealed)) + sealed)
        self._groups += 1

    def groups(self) -> Iterator[list[T]]:
        """Yield every group from the first on."""
        self._file.seek(0)
        for number in range(self._groups):
            size, = SIZE.unpack(self._file.read(SIZE.size))
            yield pickle.loads(crypto.decrypt_file(self._file.read(size), aad=self._place(number)))

    def _place(self, number: int) -> bytes:
        return f"spool:{id(self)}:{number}".encode()


class Troubles:
    """What is wrong with a delivery's rows: all counted, the first of them kept in words."""

    def __init__(self) -> None:
        self.told: list[Trouble] = []
        self.rows = 0

    def add(self, troubles: Iterable[Trouble]) -> None:
        """Take the troubles of some rows that no other call names."""
        found = list(troubles)
        self.rows += len({trouble.row for trouble in found})
        self.told += found[:MOST_TOLD - len(self.told)]


class Draft:
    """The rows of one delivery as they were read; settled only when all are there, for two may contradict each other."""

    def __init__(self) -> None:
        self._spool: Spool[MappedRow] = Spool()
        self._contradictions = Contradictions(())
        self.troubles = Troubles()
        self.notices: list[str] = []
        self.total = self._unknown = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._spool.__exit__(*error)
        self._contradictions.__exit__(*error)

    @property
    def whole(self) -> bool:
        """Say whether of every row it is known whom it is about."""
        return not self._unknown

    def fill(self, coming: Coming, say: Callable[[int], None]) -> None:
        """Set a whole sheet aside, part by part; `say` hears now and then how many rows were read."""
        self._contradictions = Contradictions(coming.questions)
        self.notices += [*(f"报送人已确认：{words}" for words in coming.confirm), *coming.notices]
        for number, part in enumerate(coming.parts, 1):
            self._take(part)
            if number % BETWEEN_WORDS == 0:
                say(self.total)

    def rows(self) -> Iterator[list[ReadRow]]:
        """Yield the rows, part by part."""
        for group in self._spool.groups():
            yield [read_row(self._contradictions.settled(row)) for row in group]

    def _take(self, part: Part) -> None:
        rows = [row for row in part.mapped if not row.problems]
        self._contradictions.note(rows)
        self._spool.put(rows)
        self.troubles.add(Trouble(problem.row, problem.column, problem.reason) for problem in part.problems)
        self.notices += part.notices
        self.total += part.rows
        self._unknown += part.unknown
