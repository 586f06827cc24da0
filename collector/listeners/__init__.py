"""Listeners take what devices send by themselves and turn it into check results."""
