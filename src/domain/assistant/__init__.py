"""Texts that a language model drafts, what they cost, and people who accept them or not."""
