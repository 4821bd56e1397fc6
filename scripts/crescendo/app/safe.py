"""Plain words in place of a traceback, for a page and for a part that is drawn on its own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from crescendo.app.blocks import plainly
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError

LOG = logging.getLogger(__name__)


@contextmanager
def safely() -> Iterator[None]:
    """Whatever goes wrong within is said on the page; what only we can mend is logged."""
    try:
        yield
    except CrescendoError as error:
        plainly(str(error))
    except (duckdb.CatalogException, duckdb.BinderException):
        LOG.exception("a page lacks a table or a column")
        plainly(_("the warehouse was built by another version of the models: run `crescendo build --force`"))
    except Exception:  # whatever it is, a reader can do nothing with a traceback
        LOG.exception("a page failed")
        plainly(_("this page failed, which is a fault of ours: the terminal of `crescendo app` says more"))
