"""How the shop's needs are met: databases, tokens, hashes, gateways, limits."""
