"""Pages of the compendium, of practices, projects, programmes and opportunities."""
