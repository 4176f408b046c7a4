"""What reads rows from outside, each a module that runs as a confined child; all speak `adapters/wire.py`."""
