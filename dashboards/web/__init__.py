"""The front end: the wall and the desk. What is Python here makes its types from the API's."""
