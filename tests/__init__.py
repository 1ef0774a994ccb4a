"""The tests of Pépinière, by floor and subject (see docs/decisions/0008)."""
