"""What has been found out already, kept below `.git/` by what it was found out of.

Nothing in it is needed: a cache that cannot be read, written or trusted is an empty one, and may
be deleted at any time. Writers do not wait for the disk but for one flush at the end of a run:
SQLite's write-ahead log tells after a power cut how much of it is whole.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha1
from pathlib import Path
from sqlite3 import Connection, DatabaseError, Error, connect
from types import TracebackType
from typing import Any, NamedTuple, Self

WAY_OUT = "QJMEDIA_NO_CACHE"
"""While this environment variable is set, nothing is kept and nothing kept is used."""

FOLDER = "qjmedia"
NAME = "cache.sqlite"
FORMAT = 4
"""Raised when what the tables hold changes."""

LARGEST_BYTES = 64 << 20
LARGEST_BYTES_A_RECORD = 8 << 10
KEPT_VERSIONS = 4
"""Of one folder, by the same grounds: what stands, what stood before, a branch or two."""
SHELVED_VERSIONS = 2
"""Of what commands that only read keep of one folder, which is as large as the folder itself."""
KEPT_GROUNDS = 4
_PATIENCE_SECONDS = 2
_CHECKSUM_BYTES = 8

_FAILURES = (Error, OSError, UnicodeError, OverflowError)

_TABLES = """
CREATE TABLE IF NOT EXISTS grounds (id INTEGER PRIMARY KEY, digest BLOB UNIQUE);
CREATE TABLE IF NOT EXISTS seen (
  place BLOB, name BLOB, mark BLOB, tree BLOB, PRIMARY KEY (place, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS standing (
  place BLOB, name BLOB, value BLOB, PRIMARY KEY (place, name));
CREATE TABLE IF NOT EXISTS folder (
  id INTEGER PRIMARY KEY, grounds INT, name BLOB, tree BLOB, summary BLOB,
  UNIQUE (grounds, name, tree));
CREATE TABLE IF NOT EXISTS detail (id INTEGER PRIMARY KEY, value BLOB);
CREATE TABLE IF NOT EXISTS keyring (id INTEGER PRIMARY KEY, value BLOB);
CREATE TABLE IF NOT EXISTS shelf (
  id INTEGER PRIMARY KEY, kind TEXT, grounds INT, name BLOB, tree BLOB, value BLOB,
  UNIQUE (kind, grounds, name, tree));
CREATE TABLE IF NOT EXISTS value (
  id INTEGER PRIMARY KEY, kind TEXT, grounds INT, name BLOB, value BLOB,
  UNIQUE (kind, grounds, name));
"""


class Kept(NamedTuple):
    """What is kept of one folder: a short summary, the detail, and the keys to find it by.

    The keys are one value, so that one that is lost is noticed: an index could not tell.
    `files` says how its files stood (`folders.Content`).
    """

    name: str
    tree: bytes
    summary: bytes
    detail: bytes
    keys: bytes
    files: bytes = b""


class Seen(NamedTuple):
    """A folder of a work tree as it was last seen.

    Attributes:
        mark: while it stays the same, so does all that is in the folder.
        tree: the id of what is in it.
        files: how each of its files stood (`folders.Content`).
    """

    mark: bytes
    tree: bytes
    files: bytes


class Cache:
    """One registry's cache; several processes may use it at once."""

    def __init__(self, connection: Connection, path: Path) -> None:
        """Use `open` instead."""
        self._connection = connection
        self._path = path
        self._is_sound = True

    @classmethod
    def open(cls, root: Path) -> "Cache | None":
        """Return the cache of the registry at `root`; None where there can or shall be none."""
        folder = None if os.environ.get(WAY_OUT) else common_folder(root)
        if folder is None:
            return None
        path = folder / FOLDER / NAME
        for _ in range(2):
            try:
                path.parent.mkdir(exist_ok=True)
                return cls(_connected(path), path)
            except (Error, UnicodeError) as error:
                if "locked" in str(error):
                    return None
                _remove(path)
            except OSError:
                return None
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the use of the cache; one that turned out to be broken is removed."""
        with suppress(Error):
            self._connection.close()
        if not self._is_sound:
            _remove(self._path)

    def grounds(self, digest: bytes) -> int:
        """Return the number that stands for what verdicts rest on."""
        found = self._ask("SELECT id FROM grounds WHERE digest = ?", digest)
        return int(found[0][0]) if found else 0

    def seen(self, place: str) -> dict[str, tuple[bytes, bytes]]:
        """Return mark and tree of each folder as it was last seen in a work tree."""
        asked = self._ask("SELECT name, mark, tree FROM seen WHERE place = ?", os.fsencode(place))
        return {os.fsdecode(name): (mark, tree) for name, mark, tree in asked}

    def standing(self, place: str, name: str) -> bytes:
        """Return how the files of a folder stood when it was last seen, b"" if that is unknown."""
        key = os.fsencode(place), os.fsencode(name)
        asked = self._ask("SELECT value FROM standing WHERE place = ? AND name = ?", *key)
        return (_sound(asked[0][0], *key) if asked else None) or b""

    def shelved(self, kind: str, grounds: int, name: str, tree: bytes) -> bytes | None:
        """Return what is kept of this kind of one version of a folder."""
        sql = "SELECT value FROM shelf WHERE kind = ? AND grounds = ? AND name = ? AND tree = ?"
        key = os.fsencode(name)
        asked = self._ask(sql, kind, grounds, key, tree)
        return _sound(asked[0][0], kind.encode(), key, tree) if asked else None

    def shelved_trees(self, kind: str, grounds: int) -> set[tuple[str, bytes]]:
        """Return of which versions of which folders something of this kind is kept."""
        sql = "SELECT name, tree FROM shelf WHERE kind = ? AND grounds = ?"
        return {(os.fsdecode(name), tree) for name, tree in self._ask(sql, kind, grounds)}

    def summaries(self, grounds: int) -> dict[tuple[str, bytes], bytes]:
        """Return what is known in short of each version of each folder."""
        asked = self._ask("SELECT name, tree, summary FROM folder WHERE grounds = ?", grounds)
        return {
            (os.fsdecode(name), tree): value
            for name, tree, kept in asked
            if (value := _sound(kept, name, tree))
        }

    def details(self, grounds: int, name: str, tree: bytes = b"") -> list[bytes]:
        """Return what is known in detail of a folder, of every version or of one, latest first."""
        only = ("AND tree = ?", tree) if tree else ("",)
        asked = self._ask(
            "SELECT tree, value FROM folder JOIN detail USING (id) "  # noqa: S608  no value
            f"WHERE grounds = ? AND name = ? {only[0]} ORDER BY id DESC",
            grounds, os.fsencode(name), *only[1:],
        )  # fmt: skip
        return [value for of, kept in asked if (value := _sound(kept, os.fsencode(name), of))]

    def keyrings(self, grounds: int) -> dict[tuple[str, bytes], bytes]:
        """Return the keys of each version of each folder, of which they are known."""
        asked = self._ask(
            "SELECT name, tree, value FROM folder JOIN keyring USING (id) WHERE grounds = ?",
            grounds,
        )
        return {
            (os.fsdecode(name), tree): value
            for name, tree, kept in asked
            if (value := _sound(kept, b"keys", name, tree)) is not None
        }

    def value(self, kind: str, grounds: int, name: bytes) -> bytes | None:
        """Return a value by its kind and name."""
        sql = "SELECT value FROM value WHERE kind = ? AND grounds = ? AND name = ?"
        asked = self._ask(sql, kind, grounds, name)
        return _sound(asked[0][0], kind.encode(), name) if asked else None

    def values(self, kind: str, grounds: int) -> list[bytes]:
        """Return all values of a kind, latest first."""
        sql = "SELECT name, value FROM value WHERE kind = ? AND grounds = ? ORDER BY id DESC"
        return [
            value
            for name, kept in self._ask(sql, kind, grounds)
            if (value := _sound(kept, kind.encode(), name))
        ]

    def keep(
        self,
        digest: bytes,
        folders: Iterable[Kept] = (),
        *,
        values: Mapping[tuple[str, bytes], bytes] | None = None,
        shelf: Mapping[tuple[str, str, bytes], bytes] | None = None,
        seen: tuple[str, Mapping[str, Seen]] | None = None,
        records: int = 0,
    ) -> bool:
        """Keep what was found out; all of it or, where that fails, nothing. Return which."""
        try:
            with self._connection as write:
                write.execute("BEGIN IMMEDIATE")
                grounds = self._founded(digest)
                for each in folders:
                    self._keep_folder(grounds, each)
                for (kind, name), value in (values or {}).items():
                    self._keep_value(kind, grounds, name, value)
                for (kind, folder, tree), value in (shelf or {}).items():
                    self._shelve(kind, grounds, os.fsencode(folder), tree, value)
                if seen:
                    self._keep_seen(os.fsencode(seen[0]), seen[1])
            is_kept = True
        except _FAILURES:
            self._is_sound = self._is_sound and not _is_broken(self._path)
            is_kept = False
        if records and _size(self._path) > LARGEST_BYTES + records * LARGEST_BYTES_A_RECORD:
            self._is_sound = False  # begin anew: simpler than to look for what nobody needs
        return is_kept

    def _founded(self, digest: bytes) -> int:
        execute = self._connection.execute
        execute("INSERT OR IGNORE INTO grounds (digest) VALUES (?)", (digest,))
        (grounds,) = execute("SELECT id FROM grounds WHERE digest = ?", (digest,)).fetchone()
        old = execute(
            "SELECT id FROM grounds WHERE id <> ? ORDER BY id DESC LIMIT -1 OFFSET ?",
            (grounds, KEPT_GROUNDS - 1),
        ).fetchall()
        for number in old:
            for table in ("detail", "keyring"):
                execute(
                    f"DELETE FROM {table} WHERE id IN (SELECT id FROM folder WHERE grounds = ?)",  # noqa: S608  no value
                    number,
                )
            for table in ("folder", "shelf", "value"):
                execute(f"DELETE FROM {table} WHERE grounds = ?", number)  # noqa: S608  no value
            execute("DELETE FROM grounds WHERE id = ?", number)
        return int(grounds)

    def _keep_folder(self, grounds: int, each: Kept) -> None:
        execute = self._connection.execute
        name = os.fsencode(each.name)
        mine = (grounds, name)
        same = execute(
            "SELECT id FROM folder WHERE grounds = ? AND name = ? AND tree = ?",
            (*mine, each.tree),
        ).fetchall()
        old = execute(
            "SELECT id FROM folder WHERE grounds = ? AND name = ? ORDER BY id DESC "
            "LIMIT -1 OFFSET ?",
            (*mine, KEPT_VERSIONS - 1),
        ).fetchall()
        for number in {*same, *old}:
            for table in ("folder", "detail", "keyring"):
                execute(f"DELETE FROM {table} WHERE id = ?", number)  # noqa: S608  no value
        added = execute(
            "INSERT INTO folder (grounds, name, tree, summary) VALUES (?, ?, ?, ?)",
            (*mine, each.tree, _checked(each.summary, name, each.tree)),
        )
        detail = _checked(each.detail, name, each.tree)
        execute("INSERT INTO detail VALUES (?, ?)", (added.lastrowid, detail))
        keys = _checked(each.keys, b"keys", name, each.tree)
        execute("INSERT INTO keyring VALUES (?, ?)", (added.lastrowid, keys))

    def _shelve(self, kind: str, grounds: int, name: bytes, tree: bytes, value: bytes) -> None:
        execute = self._connection.execute
        mine = (kind, grounds, name)
        execute(
            "DELETE FROM shelf WHERE kind = ? AND grounds = ? AND name = ? AND (tree = ? OR id NOT "
            "IN (SELECT id FROM shelf WHERE kind = ? AND grounds = ? AND name = ? "
            "ORDER BY id DESC LIMIT ?))",
            (*mine, tree, *mine, SHELVED_VERSIONS - 1),
        )
        execute(
            "INSERT INTO shelf (kind, grounds, name, tree, value) VALUES (?, ?, ?, ?, ?)",
            (*mine, tree, _checked(value, kind.encode(), name, tree)),
        )

    def _keep_seen(self, place: bytes, seen: Mapping[str, Seen]) -> None:
        rows = [(os.fsencode(name), each) for name, each in seen.items()]
        self._connection.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
            ((place, name, each.mark, each.tree) for name, each in rows),
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO standing VALUES (?, ?, ?)",
            ((place, name, _checked(each.files, place, name)) for name, each in rows),
        )

    def _keep_value(self, kind: str, grounds: int, name: bytes, value: bytes) -> None:
        execute = self._connection.execute
        where = "WHERE kind = ? AND grounds = ?"
        execute(f"DELETE FROM value {where} AND name = ?", (kind, grounds, name))  # noqa: S608  no value
        execute(
            f"DELETE FROM value WHERE id IN (SELECT id FROM value {where} "  # noqa: S608  no value
            "ORDER BY id DESC LIMIT -1 OFFSET ?)",
            (kind, grounds, KEPT_VERSIONS - 1),
        )
        execute(
            "INSERT INTO value (kind, grounds, name, value) VALUES (?, ?, ?, ?)",
            (kind, grounds, name, _checked(value, kind.encode(), name)),
        )

    def _ask(self, sql: str, *values: Any) -> list[Any]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except _FAILURES:
            self._is_sound = self._is_sound and not _is_broken(self._path)
            return []


@contextmanager
def opened(root: Path) -> Iterator[Cache | None]:
    """Give the cache of the registry at `root` for a while, None where there is none."""
    cache = Cache.open(root)
    if cache is None:
        yield None
    else:
        with cache:
            yield cache


def common_folder(root: Path) -> Path | None:
    """Return the Git folder that all work trees share, None where there is none."""
    with suppress(OSError):
        for folder in (root, *root.parents):
            dot_git = folder / ".git"
            if dot_git.is_dir():
                return dot_git
            if dot_git.is_file():
                pointer = dot_git.read_text("utf-8", "surrogateescape").removeprefix("gitdir:")
                own = folder / pointer.strip()
                common = own / "commondir"
                return own / common.read_text("utf-8").strip() if common.is_file() else own
        if (root / "objects").is_dir() and (root / "HEAD").is_file():
            return root  # a server's repository, without work tree
    return None


def _connected(path: Path) -> Connection:
    connection = connect(path, timeout=_PATIENCE_SECONDS, isolation_level=None)
    try:
        _prepare(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -16000")
    except (Error, UnicodeError):
        connection.close()
        raise
    return connection


def _prepare(connection: Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == FORMAT:
        return
    if version:
        raise DatabaseError(version)  # what another release has left
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")


def _is_broken(path: Path) -> bool:
    """Whether it is the file itself that is at fault, not that somebody else is writing."""
    try:
        with connect(path, timeout=0) as connection:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except (Error, UnicodeError) as error:
        return "locked" not in str(error)
    except OSError:
        return False
    return bool(said != "ok")


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            Path(f"{path}{ending}").unlink()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _checked(value: bytes, *about: bytes) -> bytes:
    """Return a value behind a checksum of it and of what it is about."""
    return _checksum(value, about) + value


def _sound(kept: object, *about: bytes) -> bytes | None:
    """Return a value whose checksum is right; anything else was never kept."""
    if not isinstance(kept, bytes) or not all(isinstance(part, bytes) for part in about):
        return None
    value = kept[_CHECKSUM_BYTES:]
    return value if kept[:_CHECKSUM_BYTES] == _checksum(value, about) else None


def _checksum(value: bytes, about: Iterable[bytes]) -> bytes:
    """Return what tells a spoilt value, three times as fast as by BLAKE2; it keeps nobody out."""
    made = sha1(usedforsecurity=False)
    for part in about:
        made.update(b"%d:%b" % (len(part), part))
    made.update(value)
    return made.digest()[:_CHECKSUM_BYTES]
