"""The few pages that the shop serves itself, for people who follow a link."""
