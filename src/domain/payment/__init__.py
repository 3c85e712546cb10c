"""Money moving between a shopper and the shop, through somebody else's system."""
