"""The name of a document that could not be made, and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DocumentFailure:
    """A document that is missing from what was asked for."""

    entity_id: str
    invoice_number: str
    reason: str
