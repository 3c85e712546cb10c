"""What somebody wants to be told of competitors, and what they were told."""
