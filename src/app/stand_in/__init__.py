"""What shoppers see of the stand-in payment provider: its page, and its door for their own."""
