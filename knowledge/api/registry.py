"""Resources of this part of the room."""

from accounts.api.resource import RecordResource

RESOURCES: list[type[RecordResource]] = []
