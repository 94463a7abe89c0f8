"""Read the pages of a PDF as a reader sees them: characters with their places, then lines, then blocks."""
