"""All that a plugin imports: the contract with everything outside."""
