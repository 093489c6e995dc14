"""What an agency does: write its entries, hand them over, submit them, follow them, and read what became of them."""
