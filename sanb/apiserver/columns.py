"""The columns of tables, as values."""

from __future__ import annotations

from typing import Final, NamedTuple

from sanb.apiserver import cells
from sanb.apiserver.cells import Cell


class Column(NamedTuple):
    """One column; priority 1 is for wide output."""

    name: str
    cell: Cell
    type: str = "string"
    priority: int = 0
    format: str = ""
    description: str = ""


def wide(name: str, cell: Cell) -> Column:
    """A column of wide output."""
    return Column(name, cell, priority=1)


def number(name: str, cell: Cell) -> Column:
    """A column of whole numbers."""
    return Column(name, cell, "integer")


def or_none(*path: str) -> Cell:
    """The value at a path, or <none>."""
    return cells.at(*path, default=cells.NONE)


NAME: Final = Column("Name", cells.name, format="name", description="Name must be unique within a namespace.")
AGE: Final = Column("Age", cells.object_age, description="How long ago the object was created.")
CREATED: Final = Column("Created At", cells.created_at, "date")
TEMPLATE: Final = (
    wide("Containers", cells.containers),
    wide("Images", cells.images),
    wide("Selector", cells.selector),
)
