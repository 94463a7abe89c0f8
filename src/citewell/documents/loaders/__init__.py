"""Read one kind of file a module; the module is named after the suffix it reads."""
