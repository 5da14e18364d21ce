"""Files of requests and offers: read, check every row, list every fault, then import all of it or nothing."""
