"""What are the words, sentences and passages of a text, and which language is it in? Pure."""
