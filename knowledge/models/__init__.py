"""What the network knows: sources, practices, projects, programmes and opportunities."""
