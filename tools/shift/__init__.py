"""A simulated shift: operators who call names over HTTP, as the desk does."""
