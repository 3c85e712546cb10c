"""Mail: how letters look, and the two ways they leave."""
