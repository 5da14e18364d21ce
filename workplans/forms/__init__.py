"""What people type about workplans and pledges."""
