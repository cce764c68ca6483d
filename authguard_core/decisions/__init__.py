"""What is decided, as pure functions: plans of storage operations, and decisions from their results."""
