"""The workflow engine of 会审; it knows no web framework."""
