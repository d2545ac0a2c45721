"""Protection of what is published: rules as data, and one way to a page."""
