"""Pure scoring: values in, standings out. No database, no clock, no randomness, no float in an official figure."""
