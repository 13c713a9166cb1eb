"""What the pages need to read on the site as they do in the repository.

A link that leaves docs/ leads to a file that the site does not have: it becomes the name of the file.
"""

import re

OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+(?=(?:deploy|crates|examples|xtask|bench|[A-Z]+\.md))([^)]+)\)")


def on_page_markdown(markdown, **_):
    return OUTSIDE.sub(lambda link: f"{link[1]} (`{link[2]}`)" if link[1] != link[2] else f"`{link[2]}`", markdown)
