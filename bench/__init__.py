"""How fast the shop is, beside how fast it could be at all and how fast such things usually are."""
