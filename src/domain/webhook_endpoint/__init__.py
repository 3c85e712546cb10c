"""Other systems that are told what happens here, and whether they have heard."""
