"""get, list and watch."""

from __future__ import annotations

from sanb.apiserver import listing, tables
from sanb.apiserver.context import Context
from sanb.apiserver.request import Outcome
from sanb.apiserver.watching import Watcher


def get(context: Context) -> Outcome:
    """One object, or one row of a Table when the client asks for it."""
    obj = context.live()
    if context.options and context.options.get("as") == "Table":
        return context.answer(200, tables.table(context, [obj], obj["metadata"]["resourceVersion"]))
    return context.answer(200, obj)


def list_(context: Context) -> Outcome:
    """The objects that the selectors choose, in pages if the client limits them."""
    return context.answer(200, listing.page(context))


def watch(context: Context) -> Outcome:
    """A `Watcher`: the cursor from which the caller reads events as they come."""
    return context.answer(200, Watcher.of(context))
