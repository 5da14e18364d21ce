"""Letters as PDF: a page of Typst for each, which gets its words as data and never as source."""
