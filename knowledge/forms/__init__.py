"""What a person may type about knowledge."""
