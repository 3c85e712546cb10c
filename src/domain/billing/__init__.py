"""Plans, the subscriptions that pay for them, and how much of them is used."""
