"""Find and load plugins: a folder holds a family, each file in it is a plugin, and `create()` makes it."""

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from citewell.errors import PluginError

Family = Literal["loaders", "encoders", "indexes", "lexical", "readers", "generators"]
FAMILIES: dict[Family, str] = {
    "loaders": "citewell.documents.loaders",
    "encoders": "citewell.index.encoders",
    "indexes": "citewell.index.vector",
    "lexical": "citewell.index.lexical",
    "readers": "citewell.reading.readers",
    "generators": "citewell.generation.generators",
}
"""Where the built-in plugins of each family are."""
NOTHING: Mapping[str, object] = MappingProxyType({})


def names(family: Family) -> tuple[str, ...]:
    """List a family's plugins, sorted: citewell's own, and those that other packages announce.

    Another package announces a plugin with an entry point in the group `citewell.<family>`; the value of the
    entry point is the plugin's module. No plugin is imported.
    """
    ours = {
        module.name
        for module in pkgutil.iter_modules(
            [str(Path(__file__).parent.joinpath(*FAMILIES[family].split(".")[1:]))]
        )
    }
    return tuple(sorted(ours | announced(family).names))


def announced(family: Family) -> EntryPoints:
    """Return a family's entry points."""
    found: EntryPoints = _everything_announced().select(group=f"citewell.{family}")
    return found


@cache
def _everything_announced() -> Any:
    """Return all entry points, looked up once, since that opens files of every installed package.

    Python 3.11 and 3.12 return objects of different classes; both have `select`.
    """
    return entry_points()


def load(family: Family, name: str, offered: Mapping[str, object] = NOTHING, /, **options: Any) -> Any:
    """Load one plugin and return what its `create(**options)` returns.

    Args:
        family: The plugin's family.
        name: The plugin's name.
        offered: Options for any plugin of the family. An option that this plugin's `create` has no parameter
            for is left out, since it is for another plugin of the family.
        options: Options that this plugin must take.

    Raises:
        PluginError: No plugin has that name, a library that it needs is not installed, or it does not take
            one of `options`.
    """
    create = door(family, name)
    given = {key: value for key, value in offered.items() if takes(create, key)} | options
    try:
        inspect.signature(create).bind(**given)
    except TypeError as error:
        taken = ", ".join(inspect.signature(create).parameters) or "none"
        message = f"the {family} plugin {name!r} does not take the options given ({error}); it takes: {taken}"
        raise PluginError(message) from error
    return create(**given)


def takes(create: Callable[..., Any], option: str) -> bool:
    """Whether a plugin's `create` takes an option.

    >>> takes(lambda *, model: model, "model"), takes(lambda *, model: model, "base_url")
    (True, False)
    """
    parameters = inspect.signature(create).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    return takes_any or option in parameters


def door(family: Family, name: str) -> Callable[..., Any]:
    """Import one plugin and return its `create`.

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
    module_name = next(iter(theirs)).value if theirs else f"{FAMILIES[family]}.{name}"
    try:
        create: Callable[..., Any] = importlib.import_module(module_name).create
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] in {"citewell", module_name.split(".")[0]}:
            raise
        package = error.name.split(".")[0]
        what = package if theirs else "'citewell[all]'"
        message = f"the {family} plugin {name!r} needs the package {package!r}: pip install {what}"
        raise PluginError(message) from error
    return create
