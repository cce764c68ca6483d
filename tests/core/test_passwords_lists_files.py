"""Claims about opening lists, and about the two that come with the library."""

import os
import random
import string
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zlib import crc32

import pytest

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.lists.files import DATA, common_passwords, common_words, open_list
from authguard_core.passwords.lists.packing import pack

ASVS_ENTRIES = 3_000


def test_a_list_is_opened_from_a_file(tmp_path: Path) -> None:
    """What was packed and written is found, whether its path is a Path, a text or an entry of a directory."""
    path = tmp_path / "common.bin"
    path.write_bytes(pack([("password", 1), ("qwerty", 2)]))
    with os.scandir(tmp_path) as entries:
        paths = [path, str(path), *entries]
    assert [open_list(each).rank("qwerty") for each in paths] == [2, 2, 2]


def test_a_list_stays_whole_when_another_is_renamed_onto_it(tmp_path: Path) -> None:
    """Whoever has opened the old one keeps it, and whoever opens anew gets the new one."""
    path, fresh = tmp_path / "common.bin", tmp_path / "fresh.bin"
    path.write_bytes(pack([("password", 1)]))
    old = open_list(path)
    fresh.write_bytes(pack([("qwerty", 1)]))
    fresh.replace(path)
    assert (old.rank("password"), old.rank("qwerty")) == (1, None)
    assert (open_list(path).rank("password"), open_list(path).rank("qwerty")) == (None, 1)


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    """The complaint names the path, and how to build one."""
    with pytest.raises(ConfigurationError, match=r"common\.bin: got 'no file'.* build --output FILE SOURCE"):
        open_list(tmp_path / "common.bin")
    with pytest.raises(ConfigurationError, match=r"^missing/common\.bin: got 'no file'"):
        open_list("missing/common.bin")


def test_what_isnt_an_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    """A directory has no bytes, and a pipe would be waited for."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(ConfigurationError, match="got 'no ordinary file'"):
            open_list(path)


@pytest.mark.parametrize("raw", [b"", b"password\n123456\n" * 10, pack([("password", 1)])[:-1]])
def test_what_is_no_list_is_refused_by_its_path(tmp_path: Path, raw: bytes) -> None:
    """Empty, plain text, or cut: the complaint names the file, and no word of it."""
    path = tmp_path / "common.bin"
    path.write_bytes(raw)
    with pytest.raises(ConfigurationError, match=r"common\.bin: got .*Build it anew") as refusal:
        open_list(path)
    assert "123456" not in str(refusal.value)


def test_a_list_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says becomes a ConfigurationError like the others."""

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "common.bin").write_bytes(pack([]))
    monkeypatch.setattr(Path, "open", denied)  # root may read everything, so rights alone don't show it
    with pytest.raises(ConfigurationError, match=r"got 'Permission denied', expected a packed list"):
        open_list(tmp_path / "common.bin")


def test_the_built_in_lists_are_opened_once() -> None:
    """All policies share them."""
    assert common_passwords() is common_passwords()
    assert common_words() is common_words()


def test_importing_opens_no_list() -> None:
    """A process that checks no password maps no file."""
    program = (
        "from authguard_core.passwords.lists.files import common_passwords, common_words;"
        "print(common_passwords.cache_info().misses, common_words.cache_info().misses)"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.split() == ["0", "0"]


def test_the_built_in_lists_are_small() -> None:
    """The passwords, which decide, take less than 1 MB; what is looked for within one less than 1.6 MB."""
    assert (DATA / "common-passwords.bin").stat().st_size < 1_000_000
    assert (DATA / "common-words.bin").stat().st_size < 1_600_000


@pytest.mark.parametrize("word", ["password", "123456", "qwerty", "111111", "iloveyou", "abc123", "dragon"])
def test_what_everybody_tries_first_is_among_the_first(word: str) -> None:
    """The best-known passwords are among the hundred most common."""
    rank = common_passwords().rank(word)
    assert rank is not None
    assert rank < 100


@pytest.mark.parametrize(
    "word", ["the", "hello", "smith", "müller", "garcía", "mary", "пароль", "パスワード", "密码"]
)
def test_words_and_names_of_many_languages_are_known(word: str) -> None:
    """English, other languages of Latin script, and the words for password in other scripts."""
    assert common_words().rank(word)


def test_random_passwords_arent_in_the_lists() -> None:
    """Of 2,000 strings of twelve letters and digits none is taken for a listed one."""
    randomly = random.Random(72)
    strings = ["".join(randomly.choices(string.ascii_lowercase + string.digits, k=12)) for _ in range(2_000)]
    assert not any(common_passwords().rank(text) or common_words().rank(text) for text in strings)


def test_false_positives_are_rare() -> None:
    """One in ten thousand million passwords is refused by mistake, one in fifty million windows misread."""
    assert common_passwords().false_positives < 1e-10
    assert common_words().false_positives < 2e-8


@pytest.mark.parametrize("minimum", [8, 15])
def test_the_list_holds_3000_passwords_that_the_presets_would_let_through(minimum: int) -> None:
    """OWASP ASVS 5.0, 6.2.4, counts only those that match the policy: 15 characters, 8 with two factors."""
    matching = common_passwords().entries_of_at_least(minimum)
    assert matching is not None
    assert matching >= ASVS_ENTRIES


def test_the_lists_are_sifted_by_filters() -> None:
    """Both have one, which at most one in twelve strangers passes, digits too."""
    for packed in (common_passwords(), common_words()):
        strangers = [crc32(f"{1_000_000_007 * number}".encode()) for number in range(1, 3_000)]
        assert sum(map(packed.may_hold, strangers)) < len(strangers) / 12


def test_threads_share_a_list() -> None:
    """Eight threads that look up at once get the answers that one gets."""
    words = ["password", "qwerty", "no such password"] * 300
    alone = [common_passwords().rank(word) for word in words]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(common_passwords().rank, words)) == alone
