"""What can be done about people, claims, memberships, notices and jobs."""
