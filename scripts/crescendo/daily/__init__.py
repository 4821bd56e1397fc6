"""A day from the sources to what is published: steps in order, each done once, in one process or one call each."""
