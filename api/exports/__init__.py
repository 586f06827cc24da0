"""Satu Data: what other agencies and the public may have, with a dictionary, in a stable shape.

    dictionary  which datasets there are, what each field means
    making      rows, from the store
    writing     CSV, JSON, the dictionary and the schema
    ckan        to a portal

`public` exports say nothing that helps a burglar: positions are rounded to about a kilometre, and
outages name an area, never a device or a place.
"""
