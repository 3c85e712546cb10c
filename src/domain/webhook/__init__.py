"""What other systems tell us, kept until it is dealt with."""
