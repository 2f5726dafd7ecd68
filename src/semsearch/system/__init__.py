"""What does the machine offer? Cores, and files that are replaced whole."""
