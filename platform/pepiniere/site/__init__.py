"""What belongs to the site as a whole: its navigation and its pages of information."""
