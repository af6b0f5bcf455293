"""Pages to look at: one self-contained HTML file each, made of the same folds and rules as every other answer."""
