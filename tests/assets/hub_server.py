"""A Hugging Face hub on 127.0.0.1: the few answers of its API that a snapshot needs."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote

from tests.assets.local_server import LocalServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class HubServer:
    """Serves repositories: id -> file -> content, all of them at one commit; `silent` never answers."""

    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    pull_requests: list[str] = field(default_factory=list)  # their titles
    revisions: tuple[str, ...] = ("main", COMMIT)
    silent: bool = False
    requests: list[str] = field(default_factory=list)
    url: str = ""

    def start(self) -> LocalServer:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self, body=True)

            def do_HEAD(self) -> None:
                hub.answer(self, body=False)

            def log_message(self, *_: Any) -> None:
                pass

        server = LocalServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def answer(self, handler: BaseHTTPRequestHandler, *, body: bool) -> None:
        path = unquote(handler.path.split("?")[0])
        self.requests.append(path)
        if self.silent:
            time.sleep(30)
        for hub_id, files in self.repositories.items():
            if path.startswith(f"/api/models/{hub_id}"):
                self.api(handler, path.removeprefix(f"/api/models/{hub_id}"), hub_id, files)
                return
            if path.startswith(f"/{hub_id}/resolve/{COMMIT}/"):
                content = files[path.removeprefix(f"/{hub_id}/resolve/{COMMIT}/")]
                headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Repo-Commit": COMMIT}
                self.send(handler, 200, content, headers, body=body)
                return
        self.send(handler, 404, b"{}", {"X-Error-Code": "RepoNotFound"}, body=body)

    def api(self, handler: BaseHTTPRequestHandler, rest: str, hub_id: str, files: dict[str, bytes]) -> None:
        if rest.startswith("/discussions"):
            discussions = [
                {
                    "num": number,
                    "author": {"name": "bot"},
                    "title": title,
                    "status": "open",
                    "isPullRequest": True,
                    "createdAt": "2024-01-01T00:00:00.000Z",
                    "repo": {"name": hub_id, "type": "model"},
                }
                for number, title in enumerate(self.pull_requests, start=1)
            ]
            answer = {"discussions": discussions, "count": len(discussions), "start": 0}
            self.send(handler, 200, json.dumps(answer).encode(), {"Content-Type": "application/json"})
        elif rest.startswith("/tree/"):
            answers = [
                {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                for name, data in files.items()
            ]
            self.send(handler, 200, json.dumps(answers).encode(), {"Content-Type": "application/json"})
        elif rest and rest.removeprefix("/revision/") not in self.revisions:
            self.send(handler, 404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        else:
            info = {"id": hub_id, "modelId": hub_id, "sha": COMMIT, "siblings": [{"rfilename": name} for name in files]}
            self.send(handler, 200, json.dumps(info).encode(), {"Content-Type": "application/json"})

    def send(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        content: bytes,
        headers: dict[str, str],
        *,
        body: bool = True,
    ) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if body:
            handler.wfile.write(content)
