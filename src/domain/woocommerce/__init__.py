"""Selling the same things in a WooCommerce store as well."""
