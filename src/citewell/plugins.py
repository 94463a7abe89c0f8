"""Find and load plugins: folder = family, file = plugin, `create()` = door."""

import difflib
import importlib
import inspect
import pkgutil
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
from typing import Any, Literal

from citewell.errors import PluginError

Family = Literal["loaders", "encoders", "indexes", "lexical", "readers", "generators"]
FAMILIES: tuple[Family, ...] = ("loaders", "encoders", "indexes", "lexical", "readers", "generators")


def names(family: Family) -> tuple[str, ...]:
    """List a family's plugins, sorted: ours, and those that other packages announce.

    Another package announces one with the entry point group `citewell.<family>`, whose value is
    its module. Nothing is imported.
    """
    ours = {module.name for module in pkgutil.iter_modules([str(Path(__file__).parent / family)])}
    return tuple(sorted(ours | announced(family).names))


@cache
def announced(family: Family) -> EntryPoints:
    """Return what installed packages announce; asked once, since the files of each one are opened."""
    return entry_points(group=f"citewell.{family}")


def load(family: Family, name: str, **options: Any) -> Any:
    """Load one plugin and return what its `create(**options)` returns.

    Raises:
        PluginError: No plugin has that name, or a library that it needs is not installed.
    """
    known = names(family)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        message = f"no {family} plugin is called {name!r}; there are: {', '.join(known)}{hint}"
        raise PluginError(message)
    theirs = announced(family).select(name=name)
    module_name = next(iter(theirs)).value if theirs else f"citewell.{family}.{name}"
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] in {"citewell", module_name.split(".")[0]}:
            raise
        what = error.name if theirs else "'citewell[all]'"
        message = f"the {family} plugin {name!r} needs the package {error.name!r}: pip install {what}"
        raise PluginError(message) from error
    try:
        inspect.signature(module.create).bind(**options)
    except TypeError as error:
        taken = ", ".join(inspect.signature(module.create).parameters) or "none"
        message = f"the {family} plugin {name!r} does not take the options given ({error}); it takes: {taken}"
        raise PluginError(message) from error
    return module.create(**options)
