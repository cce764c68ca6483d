"""User models that an application might bring, as an app of the test project."""
