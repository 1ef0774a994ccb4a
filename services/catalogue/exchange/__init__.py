"""Services in files: written out, read in again with a report line by line."""
