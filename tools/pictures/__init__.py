"""``make screenshots``: the pictures of the documentation, taken of the demo."""
