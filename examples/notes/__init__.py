"""A small service on top of Peregrine: people keep notes, as many as their plan includes."""
