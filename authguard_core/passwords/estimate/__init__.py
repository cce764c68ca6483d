"""How many guesses a password takes: matchers find patterns, and a cover of least cost adds them up."""
