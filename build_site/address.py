"""The address that a site will have."""

from urllib.parse import quote, urlsplit


def site_address(text: str) -> str:
    """An address that a site may have, with a slash at its end; "" is none.

    Raises:
        ValueError: if it is no plain address of the web; the message says so.
    """
    if text == "":
        return ""
    parts = urlsplit(text)
    plain = quote(text, safe=":/%[]~") == text
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        raise ValueError(f"{text!r} is no address of a site, such as https://example.org/atlas/")
    return text if text.endswith("/") else f"{text}/"
