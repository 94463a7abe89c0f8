"""The default encoder's network as onnxruntime runs it, for what must start at once."""
