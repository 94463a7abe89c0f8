"""Read a web page as a person sees it: find the visible text, choose the main part, write it with marks."""
