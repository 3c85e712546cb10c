"""A shop to try things in."""
