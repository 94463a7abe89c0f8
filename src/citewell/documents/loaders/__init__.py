"""Read files into articles: one module for each kind of file, named after the suffix that it reads."""
