"""The steps of a decision as sentences, in the language of the reader."""
