"""Pages that the API itself makes, without a script: what they look like is shared.

base.css has the desk's colours for light and dark, the column and the card; a page's own style
stands behind it and goes before it.
"""

from importlib.resources import files


def style(package: str) -> bytes:
    """Return the style of a page: the shared one, then `page.css` of its package."""
    return (files("api.bare") / "base.css").read_bytes() + (
        files(package) / "page.css"
    ).read_bytes()
