"""The API of requests, offers, matches and engagements."""
