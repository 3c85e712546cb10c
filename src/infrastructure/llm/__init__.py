"""Language models, through a gateway that knows their providers; or a stand-in."""
