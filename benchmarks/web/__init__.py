"""Pages and API beside the least that the same framework needs for the same rows."""
