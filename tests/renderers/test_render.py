"""Documents as files: where they go, how they are written, what happens when one fails."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.defs.documents import render
from orchestration.defs.documents.failure import DocumentFailure
from orchestration.defs.documents.render import (
    FORMATS,
    WrittenFile,
    document_path,
    render_documents,
    safe_name,
)
from renderers.document import Document
from renderers.html import render_html
from renderers.pdf import render_pdf
from tests.renderers import samples


class Deadly(str):
    """A text that ends the process to which it is sent."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (9,)


def numbered(count: int) -> Iterator[Document]:
    """Credit notes, which render fast, with numbers of their own."""
    note = samples.credit_note()
    for number in range(1, count + 1):
        yield replace(note, header=replace(note.header, number=f"AV-{number:04}"))


def unfit(number: str) -> Document:
    """A document whose amounts its currency cannot hold."""
    note = samples.credit_note()
    return replace(note, header=replace(note.header, number=number, currency="JPY", minor_units=0))


def test_files_stand_under_seller_and_year_and_are_private(tmp_path: Path) -> None:
    out = tmp_path / "documents"
    result = render_documents([samples.french_invoice()], out)
    folder = out / "estuaire" / "2023"
    assert sorted(path.name for path in folder.iterdir()) == [
        "EST-2023-000042.html",
        "EST-2023-000042.pdf",
        "EST-2023-000042.xml",
    ]
    assert (result.document_count, result.file_count) == (1, len(FORMATS))
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (out, folder, folder.parent)} == {0o700}


def test_rendering_again_gives_the_same_bytes(tmp_path: Path) -> None:
    written: list[WrittenFile] = []
    render_documents([samples.french_invoice()], tmp_path, record=written.extend)
    for file in written:
        (tmp_path / file.path).write_bytes(b"damaged")
    again: list[WrittenFile] = []
    render_documents([samples.french_invoice()], tmp_path, record=again.extend)
    assert again == written
    for file in written:
        content = (tmp_path / file.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert len(content) == file.byte_count


@pytest.mark.slow
def test_many_documents_are_rendered_by_workers_to_the_same_bytes(tmp_path: Path) -> None:
    lines: list[str] = []
    asked: list[Document | DocumentFailure] = [
        *numbered(14),
        unfit("AV-0099"),
        DocumentFailure("e", "AV-0100", "unreadable"),
    ]
    result = render_documents(iter(asked), tmp_path, progress=lines.append, expected=16)
    assert result.document_count == 14
    assert sorted((f.invoice_number, f.reason.split(":")[0]) for f in result.failures) == [
        ("AV-0099", "DocumentError"),
        ("AV-0100", "unreadable"),
    ]
    assert lines[-1] == "14 of 16 documents rendered, 2 failed"
    for document in numbered(14):
        assert document_path(tmp_path, document, "pdf").read_bytes() == render_pdf(document)
        assert document_path(tmp_path, document, "html").read_text("utf-8") == render_html(document)


def test_no_document_is_lost_where_workers_are_replaced_nor_after_many_failures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers are replaced every 20 documents; 300 in a row cannot be read from the ledger."""
    monkeypatch.setattr(render, "_GENERATION", 20)
    unread = [DocumentFailure("estuaire", f"EST-{number}", "unread") for number in range(300)]
    documents = list(numbered(45))
    asked: list[Document | DocumentFailure] = [*documents[:15], *unread, *documents[15:]]
    result = render_documents(asked, tmp_path, formats=["html"])
    assert result.document_count == 45
    assert len(result.failures) == 300
    assert len(list(tmp_path.rglob("*.html"))) == 45


def test_a_document_that_fails_is_named_and_leaves_no_file(tmp_path: Path) -> None:
    lines: list[str] = []
    first, last = numbered(2)
    result = render_documents([first, unfit("AV-0099"), last], tmp_path, progress=lines.append)
    assert result.document_count == 2
    (failure,) = result.failures
    assert (failure.entity_id, failure.invoice_number) == ("estuaire", "AV-0099")
    assert "more decimals than JPY" in failure.reason
    assert any("AV-0099" in line for line in lines)
    assert not any("AV-0099" in path.name for path in tmp_path.rglob("*"))


@pytest.mark.slow
def test_a_document_that_kills_its_process_is_named_and_the_rest_rendered(tmp_path: Path) -> None:
    note = samples.credit_note()
    deadly = replace(
        note,
        header=replace(note.header, number="AV-0099"),
        seller=replace(note.seller, terms=Deadly()),
    )
    result = render_documents([*numbered(6), deadly, *numbered(6)], tmp_path, ["html"])
    assert result.document_count == 12
    (failure,) = result.failures
    assert failure.invoice_number == "AV-0099"
    assert "was killed" in failure.reason


def test_only_the_formats_asked_for_are_written(tmp_path: Path) -> None:
    render_documents([samples.credit_note()], tmp_path, ["html"])
    assert [path.suffix for path in tmp_path.glob("*/*/*")] == [".html"]
    with pytest.raises(ValueError, match="no such format: docx"):
        render_documents([], tmp_path, ["docx"])


def test_an_unfinished_file_never_takes_the_place_of_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render_documents([samples.credit_note()], tmp_path, ["html"])
    (path,) = tmp_path.glob("*/*/*")
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    result = render_documents([samples.credit_note()], tmp_path, ["html"])
    assert "no space left" in result.failures[0].reason
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EST-2023-000001", "EST-2023-000001"),
        ("../../etc/passwd", "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd"),
        ("..", "%2E%2E"),
        (".hidden", "%2Ehidden"),
        ("a/b\\c", "a%2Fb%5Cc"),
        ("F 1", "F 1"),
        (" F ", "%20F%20"),
        ("nul\x00", "nul%00"),
        ("é", "%C3%A9"),
        ("100%", "100%25"),
    ],
)
def test_a_name_from_outside_is_one_safe_part_of_a_path(text: str, expected: str) -> None:
    assert safe_name(text) == expected


@pytest.mark.parametrize("text", ["", "é" * 40])
def test_a_name_that_no_file_can_have_fails_its_document(tmp_path: Path, text: str) -> None:
    note = samples.credit_note()
    nameless = replace(note, header=replace(note.header, number=text))
    (failure,) = render_documents([nameless], tmp_path, ["html"]).failures
    assert failure.reason.startswith("ValueError")


def test_a_hostile_number_stays_inside_its_folder(tmp_path: Path) -> None:
    out = tmp_path / "documents"
    result = render_documents([samples.hostile_invoice()], out, ["html"])
    assert result.failures == []
    assert [path.name for path in out.glob("*/*/*")] == ["%3Cb%3E1%3C%2Fb%3E%2F..%2Fx.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["documents"]


def test_a_seller_has_its_own_look_and_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    themes = tmp_path / "themes"
    (themes / "estuaire").mkdir(parents=True)
    (themes / "estuaire" / "theme.toml").write_text('accent = "#7a1f5c"\ncolour = 1')
    lines: list[str] = []
    notes = [samples.credit_note(), *numbered(2)]
    render_documents(notes, tmp_path / "out", ["html"], themes=themes, progress=lines.append)
    pages = [path.read_text("utf-8") for path in (tmp_path / "out").rglob("*.html")]
    assert len(pages) == 3
    assert all("--accent:#7a1f5c" in page for page in pages)
    assert lines[:-1] == ["theme of estuaire: theme.toml: no such setting: colour"]


def test_page_and_xml_speak_in_the_seller_own_wording(tmp_path: Path) -> None:
    folder = tmp_path / "themes" / "estuaire"
    folder.mkdir(parents=True)
    wording = '[wording.fr.mentions]\nrecovery_fee = "Frais de recouvrement : {amount}."'
    (folder / "theme.toml").write_text(wording)
    invoice = samples.french_invoice()
    render_documents([invoice], tmp_path / "out", ["html", "xml"], themes=folder.parent)
    for path in (tmp_path / "out").rglob("EST-*"):
        assert "Frais de recouvrement : 40,00" in path.read_text("utf-8"), path.suffix
