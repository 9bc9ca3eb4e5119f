"""What an edit of the catalog does to the people in flight (E1 to E6)."""
