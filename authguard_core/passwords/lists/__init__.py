"""Packed lists of passwords and words with their ranks: how they are read, opened and made."""
