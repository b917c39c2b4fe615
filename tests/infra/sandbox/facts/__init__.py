"""What is known of the hub's tools from elsewhere: one module a shelf, each with a list `FACTS`."""
