"""The server's folders are named to nobody."""

from __future__ import annotations

import asyncio
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from resnet_viz.ui.server.discretion import ROOT, Discretion


def test_a_session_hears_of_the_script_and_not_of_its_folder() -> None:
    told = ForwardMsg()
    told.new_session.main_script_path = str(ROOT / "resnet_viz" / "ui" / "main.py")
    told.new_session.name = "kept"
    quoted = ForwardMsg()
    quoted.delta.new_element.markdown.body = f"cd {ROOT}"  # what a page says is its own
    other = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY).SerializeToString()
    sent: list[dict[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        for data in (told.SerializeToString(), other, quoted.SerializeToString()):
            await send({"type": "websocket.send", "bytes": data})
        await send({"type": "websocket.send", "text": "words"})

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Discretion(app)({"type": "websocket"}, None, send))  # type: ignore[arg-type]
    heard = ForwardMsg.FromString(sent[1]["bytes"]).new_session
    assert (heard.main_script_path, heard.name) == ("resnet_viz/ui/main.py", "kept")
    assert sent[2]["bytes"] == other
    assert ForwardMsg.FromString(sent[3]["bytes"]) == quoted
    assert sent[4]["text"] == "words"
