"""In which order, how good, which are copies, which sentence answers? Pure."""
