"""Files of rows that people and partner systems send: read in any of four ways, checked cell by cell."""
