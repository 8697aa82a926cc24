"""What can be done, one module a capability. Each takes what it needs and the moment, and reads like its rule."""
