"""Hides the server's folders: Streamlit sends the absolute path of the app's script to every browser."""

from __future__ import annotations

from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from resnet_viz.places import PACKAGE

ROOT = PACKAGE.parent


class Discretion:
    """ASGI middleware: makes the script's path in Streamlit's messages relative to the project's folder."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""

        async def send_discreetly(message: Message) -> None:
            if message["type"] == "websocket.send" and _ROOT_BYTES in (message.get("bytes") or b""):
                message["bytes"] = without_folder(message["bytes"])
            await send(message)

        await self._app(scope, receive, send_discreetly if scope["type"] == "websocket" else send)


_ROOT_BYTES = str(ROOT).encode()


def without_folder(data: bytes) -> bytes:
    """Returns a serialized ForwardMsg of Streamlit's with the script's path relative to the project's folder."""
    message = ForwardMsg.FromString(data)
    if message.WhichOneof("type") == "new_session":
        path = Path(message.new_session.main_script_path)
        message.new_session.main_script_path = (
            path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
        )
    shortened: bytes = message.SerializeToString()
    return shortened
