"""What an edit of the catalog does to contacts in progress (E1 to E6)."""
