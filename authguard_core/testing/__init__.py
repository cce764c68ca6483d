"""For tests: a clock that stands still, a model of the rules, and suites that prove a store or a guard."""
