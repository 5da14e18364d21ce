"""What the pictures of a plan show: pure functions from its activities and lines to places, counts and shares."""
