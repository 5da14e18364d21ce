"""Where curl is not installed: the little of it that docs/api.md needs."""

import re
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path


class Call:
    """One command line."""

    def __init__(self, words):
        self.method, self.data, self.form, self.headers = None, None, [], {}
        self.out, self.shows_head, self.written, self.fails, self.address = None, False, "", False, ""
        while words:
            self._take(words.pop(0), words)

    def _take(self, word, words):
        takes = {"-X": "method", "-o": "out", "-w": "written", "-d": "data"}
        if word in takes:
            setattr(self, takes[word], words.pop(0))
        elif word == "-H":
            name, _colon, value = words.pop(0).partition(":")
            self.headers[name] = value.strip()
        elif word == "-F":
            self.form.append(words.pop(0))
        elif word == "-D":
            self.shows_head = words.pop(0) == "-"
        elif word.startswith("-"):
            self.fails, self.shows_head = self.fails or "f" in word, self.shows_head or "i" in word
        else:
            self.address = word

    def body(self):
        if not self.form:
            return self.data.encode() if self.data else None
        mark, parts = uuid.uuid4().hex, []
        for name, value in (one.split("=", 1) for one in self.form):
            file = value.removeprefix("@") if value.startswith("@") else ""
            more = f'; filename="{file}"' if file else ""
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
            parts.append(head.encode() + (Path(file).read_bytes() if file else value.encode()))
        self.headers["Content-Type"] = f"multipart/form-data; boundary={mark}"
        return b"\r\n".join(parts) + f"\r\n--{mark}--\r\n".encode()


def main():
    call = Call(sys.argv[1:])
    body = call.body()
    try:
        answer = urllib.request.urlopen(urllib.request.Request(call.address, body, call.headers, method=call.method))
    except urllib.error.HTTPError as refused:
        answer = refused
    content = answer.read()
    if call.fails and answer.status >= 400:
        return 22
    if call.shows_head:
        lines = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        sys.stdout.write(f"HTTP/1.1 {answer.status}\r\n{lines}\r\n")
        sys.stdout.flush()
    if call.out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    elif call.out != "/dev/null":
        Path(call.out).write_bytes(content)
    sys.stdout.write(re.sub("%{http_code}", str(answer.status), call.written).replace("\\n", "\n"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
