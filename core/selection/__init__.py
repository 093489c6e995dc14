"""Who is in, where several quotas hold at once, and why each other is not."""
