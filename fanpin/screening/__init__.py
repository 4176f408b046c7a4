"""From facts to findings: the book compiled to SQL, and the engines that run it."""
