"""Ratios measured side by side in one run; `./pepiniere bench` prints them, no test asserts them."""
