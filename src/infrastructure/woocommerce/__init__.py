"""WooCommerce's REST API, version 3."""
