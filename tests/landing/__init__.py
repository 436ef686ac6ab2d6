"""Landing: files in, typed rows and reasons out."""
