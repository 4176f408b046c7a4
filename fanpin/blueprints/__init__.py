"""The desks: every module beside this one that has a `blueprint` is found and registered."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint


def discover() -> list[Blueprint]:
    """Return the blueprints of all sibling modules, in the order of their names."""
    modules = (import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__))
    return [module.blueprint for module in modules if hasattr(module, "blueprint")]
