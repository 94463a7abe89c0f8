"""Make the reader's weights, from data to model card; see README.md."""
