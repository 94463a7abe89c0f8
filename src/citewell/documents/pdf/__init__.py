"""Read the pages of a PDF as a person sees them: characters with their places, then lines, then blocks."""
