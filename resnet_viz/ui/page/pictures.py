"""Pictures that travel within the page's messages."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def picture_url(picture: Image | bytes) -> str:
    """Returns a data URL for `st.image`, of an image (as JPEG) or of the bytes of a PNG.

    Streamlit deletes a picture's file once a later run shows another one in its place. Where pictures follow each other
    by themselves (the camera, the player) or quickly (a slider), a browser that is late would get none at all.
    """
    if isinstance(picture, bytes):
        return f"data:image/png;base64,{b64encode(picture).decode()}"
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return f"data:image/jpeg;base64,{b64encode(buffer.getvalue()).decode()}"
