"""`export site`: only what changed is made again, the result is that of a new export, and no link leads nowhere."""

from __future__ import annotations

import gc
import re
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from conftest import CommandLine

from cli.pages.case import case_page
from cli.pages.site import paths
from domain.text import said
from ledger.exports.site import folder as folders
from ledger.exports.site.folder import MANIFEST, SiteFolder
from ledger.refusals.copies.files import UnwritableFile


@pytest.fixture(scope="module")
def built(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger with its site."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("site") / "demo")))
    copy.ok("export", "site", "-o", "site")
    return copy


@pytest.fixture
def demo(built: CommandLine, tmp_path: Path) -> CommandLine:
    """A copy of both, to be changed."""
    return CommandLine(Path(shutil.copytree(built.folder, tmp_path / "demo")))


def _files(folder: Path) -> dict[str, bytes]:
    found = (file for file in folder.rglob("*") if file.is_file() and file.name != MANIFEST)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def _is_as_new(demo: CommandLine, *lang: str) -> bool:
    demo.ok(*lang, "export", "site", "-o", "fresh")
    return _files(demo.folder / "site") == _files(demo.folder / "fresh")


def test_every_link_leads_to_a_page_and_every_page_is_linked(built: CommandLine) -> None:
    files = _files(built.folder / "site")
    reached = {paths.HOME, *(name for name in files if name.endswith(".js"))}
    ids: dict[str, set[str]] = {}
    for name, data in files.items():
        ids[name] = set(re.findall(r'\bid="([^"]+)"', data.decode()))
    for name, data in files.items():
        if not name.endswith(".html"):
            continue
        for href in re.findall(r'href="([^"]*)"', data.decode()):
            target, _, anchor = href.partition("#")
            page = PurePosixPath(name) if not target else _resolved(PurePosixPath(name).parent, target)
            assert str(page) in files, f"{name}: {href}"
            assert not anchor or anchor in ids[str(page)], f"{name}: {href}"
            reached.add(str(page))
    assert reached == set(files)


def _resolved(folder: PurePosixPath, target: str) -> PurePosixPath:
    parts: list[str] = []
    for part in (*folder.parts, *PurePosixPath(target).parts):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return PurePosixPath(*parts)


def test_each_decided_claim_carries_its_dossier_and_the_site_has_one_checker(built: CommandLine) -> None:
    site = built.folder / "site"
    carrying = {page.relative_to(site) for page in site.rglob("*.html") if 'id="dossier"' in page.read_text("utf-8")}
    decided = [claim for claim in built.ok("claim", "list") if claim["outcome"] is not None]
    assert carrying == {Path("claims", claim["account"], f"{claim['month']}.html") for claim in decided}
    assert max((site / page).stat().st_size for page in carrying) < (site / "checker.js").stat().st_size * 3
    for page in carrying:
        assert re.findall(r'id="checker"([^>]*)>([^<]*)<', (site / page).read_text("utf-8")) == [
            (' data-file="../../checker.js"', "")
        ]


def test_a_demo_says_so_on_every_page(tmp_path: Path) -> None:
    demo = CommandLine(tmp_path)
    demo.ok("init", "--demo")
    demo.ok("export", "site", "-o", "site")
    pages = {name: data for name, data in _files(tmp_path / "site").items() if name.endswith(".html")}
    assert len(pages) > 5
    assert all(b'<p class="demo">DEMO' in data for data in pages.values())


def test_nothing_is_made_twice(demo: CommandLine) -> None:
    again = demo.ok("export", "site", "-o", "site")
    assert (again["made"], again["removed"]) == (0, 0)
    assert again["files"] == len(_files(demo.folder / "site"))


def test_only_the_pages_whose_events_changed_are_made_again(demo: CommandLine) -> None:
    before = _files(demo.folder / "site")
    demo.ok("account", "rename", "1003", "--name", "Harbour & Sons")
    made = demo.ok("export", "site", "-o", "site")["made"]
    after = _files(demo.folder / "site")
    changed = {name for name in after if after[name] != before.get(name)}
    assert len(changed) <= made < len(after) / 2
    own = {"accounts/1003.html", *(name for name in after if name.startswith("claims/1003/"))}
    assert own <= changed
    elsewhere = {name for name in changed - own if name.startswith(("accounts/", "claims/", "vouchers/"))}
    assert elsewhere == set()
    assert _is_as_new(demo)


def test_a_late_outage_of_all_accounts_changes_their_pages(demo: CommandLine) -> None:
    at = "2026-09-20T1{}:00:00+08:00"
    demo.ok("incident", "open", "INC-LATE", "--all-accounts", "--function", "agent_calls", "--started-at", at.format(0))
    demo.ok("incident", "close", "INC-LATE", "--ended-at", at.format(3))
    demo.ok("export", "site", "-o", "site")
    assert "INC-LATE" in (demo.folder / "site" / "accounts" / "1004.html").read_text("utf-8")
    assert _is_as_new(demo)


def test_an_open_outage_keeps_the_pages_up_to_date(demo: CommandLine) -> None:
    at = "2026-09-20T10:00:00+08:00"
    demo.ok("incident", "open", "INC-OPEN", "--account", "1001", "--function", "agent_calls", "--started-at", at)
    demo.ok("export", "site", "-o", "site")
    demo.ok("account", "rename", "1003", "--name", "Harbour & Sons")
    demo.ok("export", "site", "-o", "site")
    assert "Outages without an end" in (demo.folder / "site" / "index.html").read_text("utf-8")
    assert _is_as_new(demo)


def test_a_voucher_that_was_cancelled_has_another_page(demo: CommandLine) -> None:
    voucher = next(row["voucher"] for row in demo.ok("voucher", "list") if row["balance"] != "0.00")
    page = demo.folder / "site" / paths.voucher(voucher)
    before = page.read_bytes()
    demo.ok("voucher", "cancel", voucher, "--amount", "0.01", "--reason", "paid in cash")
    demo.ok("export", "site", "-o", "site")
    assert page.read_bytes() != before
    assert _is_as_new(demo)


def test_another_language_makes_another_site_in_the_same_folder(demo: CommandLine) -> None:
    demo.ok("--lang", "zh", "export", "site", "-o", "site")
    assert 'lang="zh-CN"' in (demo.folder / "site" / "index.html").read_text("utf-8")
    assert _is_as_new(demo, "--lang", "zh")


def test_what_somebody_changed_or_removed_is_made_again(demo: CommandLine) -> None:
    (demo.folder / "site" / "index.html").unlink()
    with (demo.folder / "site" / "accounts" / "1001.html").open("ab") as page:
        page.write(b"<p>mine</p>")
    assert demo.ok("export", "site", "-o", "site")["made"] == 2
    assert _is_as_new(demo)


def test_an_interrupted_export_goes_on(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    written = SiteFolder._write
    left = [30]

    def failing(self: SiteFolder, file: Path, data: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            file.write_bytes(data[:100])
            raise UnwritableFile(file=file, why="No space left on device", advice=said("check the disk"))
        written(self, file, data)

    monkeypatch.setattr(SiteFolder, "_write", failing)
    demo.refused("--lang", "zh", "export", "site", "-o", "site", status=2)
    monkeypatch.undo()
    with (demo.folder / "site" / MANIFEST).open("ab") as manifest:
        manifest.write(b'{"path":"acc')
    made = demo.ok("--lang", "zh", "export", "site", "-o", "site")
    assert made["made"] == made["files"] - 30
    assert _is_as_new(demo, "--lang", "zh")


def test_pages_that_the_site_no_longer_has_are_removed(demo: CommandLine) -> None:
    site = demo.folder / "site"
    (site / "old.html").write_text("old")
    (demo.folder / "mine.html").write_text("mine")
    with (site / MANIFEST).open("ab") as manifest:
        for path in ("old.html", "../mine.html", str(demo.folder / "mine.html")):
            manifest.write(f'{{"path":"{path}","digest":"x","bytes":3}}\n'.encode())
    assert demo.ok("export", "site", "-o", "site")["removed"] == 1
    assert not (site / "old.html").exists()
    assert (demo.folder / "mine.html").read_text() == "mine"


def test_the_collector_of_cycles_runs_while_pages_are_made(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates leave cycles behind: with it paused, memory grew with the number of pages."""
    running: set[bool] = set()

    def noting(*given: Any) -> bytes:
        running.add(gc.isenabled())
        return case_page(*given)

    monkeypatch.setattr("cli.pages.site.build.case_page", noting)
    demo.ok("export", "site", "-o", "new")
    assert running == {True}


def test_a_full_disk_is_told(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders.Path, "write_bytes", full)
    error = demo.refused("export", "site", "-o", "new", status=2)
    assert error["code"] == "unwritable_file"


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        (("1001",), "1001"),
        (("a.b", "A.b"), "a.b"),
        (("aliyun:1001", "aliyun-1001", "aliyun~1001"), "aliyun~3a~1001"),
        (("V-1", "v-1", "v-1~~1"), "V-1~~1"),
        ((".", ".."), "~2e~"),
    ],
)
def test_different_ids_have_different_files_on_any_disk(ids: tuple[str, ...], name: str) -> None:
    assert paths.named(ids[0]) == name
    assert len({paths.named(one).lower() for one in ids}) == len(ids)
    assert not any(set(paths.named(one)) & set('/\\:*?"<>|') for one in ids)


def test_long_lists_have_several_pages_that_stay_up_to_date(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.pages.site.lists.ROWS", 4)
    monkeypatch.setattr("cli.pages.site.paths.LOG_PAGE", 100)
    monkeypatch.setattr("cli.pages.site.search.ENTRIES", 10)
    demo.ok("export", "site", "-o", "paged")
    files = _files(demo.folder / "paged")
    assert {
        "lists/accounts-page-3.html",
        "lists/claims-page-7.html",
        "months/2026-09-page-2.html",
        "log/5.html",
    } <= set(files)
    assert {"search/0.js", "search/5.js"} <= set(files)
    assert files["lists/accounts.html"].count(b"<tr>") == 5
    assert b'rel="next"' in files["log/4.html"]
    for number in range(40):
        demo.ok("account", "rename", "1003", "--name", f"Harbour {number}")
    demo.ok("export", "site", "-o", "paged")
    assert "log/6.html" in _files(demo.folder / "paged")
    demo.ok("export", "site", "-o", "fresh")
    assert _files(demo.folder / "paged") == _files(demo.folder / "fresh")
