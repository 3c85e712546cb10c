"""Other people's stores: what they sell, at what price, and how that has changed."""
