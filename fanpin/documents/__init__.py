"""Papers: what each one holds, how it looks, and the child that prints it."""
