"""Suppliers who sell what competitors sell, and what that would earn."""
