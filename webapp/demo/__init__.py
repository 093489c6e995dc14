"""The demonstration: KIPP 2023 with its real counts, played on invented people through the real verbs."""
