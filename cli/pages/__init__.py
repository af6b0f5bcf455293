"""Pages: each is one self-contained HTML file, made from the same folds and rules as every other answer."""
