"""Reading the stores of others: politely, within bounds, and whatever they answer."""
