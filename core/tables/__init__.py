"""Tables that people fill in (CSV, XLSX): read as text with the address of each cell, and understood as scores."""
