"""What lists of this room can be narrowed to; pages and API use the same names."""
