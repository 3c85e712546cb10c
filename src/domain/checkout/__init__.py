"""Turning a cart into a paid order."""
