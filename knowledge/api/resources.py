"""Every kind of record of this room that the API serves."""

from .compendium import RESOURCES as COMPENDIUM
from .registry import RESOURCES as REGISTRY

RESOURCES = [*COMPENDIUM, *REGISTRY]
