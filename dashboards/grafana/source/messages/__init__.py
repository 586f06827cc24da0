"""The words of the boards: Indonesian and English, with the same keys."""
