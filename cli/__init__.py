"""The command line: words to commands and questions, answers to text. It knows no rule."""
