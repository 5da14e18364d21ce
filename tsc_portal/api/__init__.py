"""The API's front door: addresses, the default permission, pages, throttles, errors and the schema."""
