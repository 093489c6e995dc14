"""How people reach Juri: the command line, and later the pages and the API."""
