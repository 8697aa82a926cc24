"""What the library's staff do; every route is the desk's alone."""
