"""A session of the app without a browser: what its page knows of widgets and address, and what it sends to run anew.

It stands for Streamlit's own page: a widget is found by its key, keeps its state while it is there, and takes the state
that the script sets.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState, FileURLs, StringArray, UploadedFileInfo
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import user_key_from_element_id

from tests.load.wire import LIMIT_S, Line

_TROUBLES = (Alert.ERROR, Alert.WARNING)


class Session:
    """One tab. `query` is its address; the rest is what the last run has shown."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.query = ""
        self.headings: list[str] = []
        self.troubles: list[str] = []
        """Errors and warnings that the page shows, and faults of its script."""
        self._id = ""
        self._page = ""
        self._pages: dict[str, str] = {}
        self._widgets: dict[str, Any] = {}
        """What the script sent of each widget and component, by its key."""
        self._states: dict[str, WidgetState] = {}
        self._events: dict[str, WidgetState] = {}
        """What the next run hears once."""
        self._urls: list[FileURLs] = []

    # What somebody does. Each returns the seconds until the run that it causes has finished.

    def open(self, query: str) -> float:
        """Opens the page at an address; a page that was open keeps what it knows, as one that connects again."""
        self.line.open()
        self.query, self._id = query, ""
        return self.run()

    def close(self) -> None:
        """Closes the tab."""
        self.line.close()

    def choose(self, key: str, at: int) -> float:
        """Clicks the button of that index in a row of buttons."""
        option = self._widgets[key].options[at]
        if option.content in self._states.get(key, WidgetState()).string_array_value.data:
            raise LookupError(f"{option.content} is chosen already: a click on it would run nothing")
        self._states[key] = WidgetState(string_array_value=StringArray(data=[option.content]))
        return self.run()

    def select(self, key: str, at: int) -> float:
        """Takes the option of that index in a select box."""
        self._states[key] = WidgetState(string_value=self._widgets[key].options[at])
        return self.run()

    def press(self, key: str) -> float:
        """Presses a button."""
        self._events[self._widgets[key].id] = WidgetState(trigger_value=True)
        return self.run()

    def tell(self, key: str, event: str, value: Mapping[str, object]) -> float:
        """Sends what a component tells Python, once."""
        told = json.dumps([{"event": event, "value": value}])
        self._events[_make_trigger_id(self._widgets[key].id, "events")] = WidgetState(json_trigger_value=told)
        return self.run()

    def upload(self, key: str, name: str, data: bytes) -> float:
        """Drops a file into an uploader."""
        start = time.monotonic()
        urls = self._ask_place(name)
        answer = self.line.put_file(urls.upload_url, name, data)
        if answer.status >= 300:
            raise LookupError(f"the upload of {name} was answered with {answer.status}")
        file = UploadedFileInfo(name=name, size=len(data), file_id=urls.file_id, file_urls=urls)
        self._states[key] = WidgetState(file_uploader_state_value=FileUploaderState(uploaded_file_info=[file]))
        self.run()
        return time.monotonic() - start

    def go_to(self, query: str, path: str | None = None) -> float:
        """Follows a link to another address, on this page or on that of `path`."""
        self._page = self._page if path is None else self._pages[path]
        self.query = query
        return self.run()

    def run(self) -> float:
        """Has the script run, and waits until it has."""
        message, start = self._message(), time.monotonic()
        self._events = {}
        self.line.send(message)
        is_begun = False
        while True:
            came = self.line.receive(start + LIMIT_S)
            kind = came.WhichOneof("type")
            is_begun = is_begun or kind == "new_session"
            self._take(kind, came)
            # A run that another one takes the place of is not the end.
            if kind == "script_finished" and is_begun and came.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                break
        seconds = time.monotonic() - start
        self._states = {key: state for key, state in self._states.items() if key in self._widgets}
        return seconds

    # What it knows

    def has(self, key: str) -> bool:
        """Whether the page shows a widget or component of this key."""
        return key in self._widgets

    def data(self, key: str) -> Any:
        """What Python sent to a component of the app's own."""
        part = self._widgets[key]
        return json.loads(part.json or part.mixed.json)

    # What is sent and what comes

    def _message(self) -> BackMsg:
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash = self.query, self._page
        states = {self._widgets[key].id: state for key, state in self._states.items() if key in self._widgets}
        for name, state in (states | self._events).items():
            run.widget_states.widgets.add(id=name).MergeFrom(state)
        context = run.context_info
        context.timezone, context.locale, context.color_scheme = "UTC", "en-US", "light"
        context.url = self.line.url
        return message

    def _take(self, kind: str | None, came: ForwardMsg) -> None:
        if kind == "new_session":
            self._id = self._id or came.new_session.initialize.session_id
            self._page = self._page or came.new_session.page_script_hash
            self._widgets, self.headings, self.troubles = {}, [], []
        elif kind == "navigation":
            self._pages = {page.url_pathname: page.page_script_hash for page in came.navigation.app_pages}
            self._pages[""] = next(page.page_script_hash for page in came.navigation.app_pages if page.is_default)
            self._page = came.navigation.page_script_hash or self._page
        elif kind == "page_info_changed":
            self.query = came.page_info_changed.query_string
        elif kind == "file_urls_response":
            self._urls = list(came.file_urls_response.file_urls)
        elif kind == "delta" and came.delta.WhichOneof("type") == "new_element":
            self._show(came.delta.new_element)

    def _show(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        part = getattr(element, kind or "empty")
        if kind == "heading":
            self.headings.append(part.body)
        elif kind == "alert" and part.format in _TROUBLES:
            self.troubles.append(part.body)
        elif kind == "exception":
            self.troubles.append(f"{part.type}: {part.message}")
        key = user_key_from_element_id(part.id) if isinstance(getattr(part, "id", None), str) else None
        if key:
            self._widgets[key] = part
            if kind == "button_group" and part.set_value:
                self._states[key] = WidgetState(string_array_value=StringArray(data=part.raw_values))

    def _ask_place(self, name: str) -> FileURLs:
        """Asks where a file is to be sent."""
        message = BackMsg()
        wanted = message.file_urls_request
        wanted.request_id, wanted.session_id = "place", self._id
        wanted.file_names.append(name)
        self.line.send(message)
        self._urls, until = [], time.monotonic() + LIMIT_S
        while not self._urls:
            came = self.line.receive(until)
            self._take(came.WhichOneof("type"), came)
        return self._urls[0]
