"""What people look at: the wall (`wall/`). Data only; built files are served by the API."""
