"""What a store can be asked: each statement is one method, which takes and answers typed values."""
