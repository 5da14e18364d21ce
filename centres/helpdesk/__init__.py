"""The helpdesk: questions of people, offices and centres to the coordinator."""
