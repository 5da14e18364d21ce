"""What pages say: names of controlled words, reasons of a match, and the sentences around steps."""
