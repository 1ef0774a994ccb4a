"""Claims: what the space asks of a funder for a period, with its proofs, until it is paid."""
