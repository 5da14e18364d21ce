"""Plans in words: values as people read them, and the differences of two versions as sentences."""
