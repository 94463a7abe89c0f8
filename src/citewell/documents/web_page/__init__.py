"""Read a web page as a reader sees it: what is shown, its main part, and that as text with marks."""
