"""A machine that does to a shop whatever shoppers, administrators, time and bad luck may do."""
