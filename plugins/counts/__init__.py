"""The bundled ballot methods: how rankings, grades and comparisons are counted."""
