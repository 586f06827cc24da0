"""Asks the city's devices how they are and keeps the truth about their states."""
