"""What every room's part of the API stands on: one kind of resource, its reading, writing, exports and description.

It lies at the ground because each room has its own `api`; addresses, errors, paging, throttles and the default
permission are put together at the top (tsc_portal.api).
"""
