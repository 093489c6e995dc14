"""The page of ``juri score --format html``: values first, drawn and laid out last."""
