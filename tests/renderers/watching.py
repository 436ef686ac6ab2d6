"""What a process opens while it renders a seller's and a customer's worst texts.

`python -m tests.renderers.watching` prints it, one event a line; nothing when all is well. It is
a program because Python's audit hooks stay for good.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import renderers
from renderers.document import Document
from renderers.einvoice.cii import render_cii
from renderers.einvoice.ubl import render_ubl
from renderers.html import render_html
from renderers.pdf import render_pdf
from tests.renderers import samples

TEXTS = (
    '<img src="http://example.invalid/x.png"><img src=file:///etc/passwd>',
    '</style><style>@import url("http://example.invalid/x.css");'
    "body{background:url(file:///etc/passwd)}</style>",
    "url(http://example.invalid/x) <link rel=stylesheet href=file:///etc/passwd>",
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    '<object data="file:///etc/passwd"></object><svg><image href="file:///etc/passwd"/></svg>',
    "{% include '/etc/passwd' %}{{ ''.__class__ }}",
)
# What a rendering may read: our templates, styles and fonts, what libraries hold, and the folder
# in which WeasyPrint keeps fonts.
READABLE = (
    Path(renderers.__file__).parent,
    Path(sys.prefix),
    Path(sys.base_prefix),
    Path(tempfile.gettempdir()),
)
WATCHED = ("socket.", "urllib.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "ctypes.")


def hostile(text: str) -> Document:
    """An invoice on which seller, customer and lines are all called `text`."""
    invoice = samples.french_invoice()
    (section, *others) = invoice.sections
    (account, *_) = section.accounts
    (line, *more) = account.lines
    line = replace(line, description=text, plan_name=text, subscription_id=text, unit=text)
    account = replace(account, lines=(line, *more))
    return replace(
        invoice,
        seller=replace(
            invoice.seller, name=text, terms=text, early_payment_terms=text, legal_form=text
        ),
        buyer=replace(
            invoice.buyer, name=text, address=replace(invoice.buyer.address, street=text, city=text)
        ),
        sections=(replace(section, service=text, accounts=(account,)), *others),
    )


def render(document: Document) -> None:
    """Make all that is made of a document."""
    render_pdf(document)
    render_html(document)
    for xml in (render_cii(document), render_ubl(document)):
        if b"<!" in xml:
            print("a declaration in XML")


def main() -> None:
    """Render once to load what is loaded once; then watch."""
    render(samples.french_invoice())
    sys.addaudithook(_watch)
    for text in TEXTS:
        render(hostile(text))


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str):
        path = Path(arguments[0])
        if not any(path.is_relative_to(folder) for folder in READABLE):
            print(event, path)
    elif event.startswith(WATCHED):
        print(event, arguments)


if __name__ == "__main__":
    main()
