"""Documents on paper: one typeface, one base stylesheet, and the way from a page of HTML to its PDF."""
