"""Marketing leads: forms and calls, what became of them, and what was spent to get them."""
