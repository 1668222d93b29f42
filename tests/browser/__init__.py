"""People at the pages of a whole portal: real browsers, the quick start, nothing but clicks and keys."""
