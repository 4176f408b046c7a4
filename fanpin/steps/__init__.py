"""What people do: one module per step of the procedure, verbs as functions."""
