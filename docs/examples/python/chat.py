#!/usr/bin/env python3
"""A client of Kabar: shows what is said, also while it was away, and sends lines like "lineker halo"."""
import json, os, socket, sys, threading, uuid

host, port, username, password = sys.argv[1:5]
kept = sys.argv[5] if len(sys.argv) > 5 else f"{username}.at"  # remembers the last entry that was shown
link = socket.create_connection((host, int(port)))
lines = link.makefile("r", encoding="utf-8", newline="\n")

def ask(**request):
    link.sendall(json.dumps(request).encode() + b"\n")

def remember(at):
    with open(kept + ".new", "w") as file:
        file.write(at)
    os.replace(kept + ".new", kept)

def show():
    for line in lines:
        said = json.loads(line)
        if said.get("status") == "ERROR":
            print("error:", said["code"], said["message"], flush=True)
        elif said.get("event") == "message" and not said.get("deleted"):
            text = "".join(sign if sign.isprintable() else "\ufffd" for sign in said["text"])
            print(f"{said['from']} -> {said['to']}: {text}", flush=True)
        elif said.get("event") == "live":
            print("live", flush=True)
        if "at" in said and "event" in said:
            remember(said["at"])

ask(do="auth", username=username, password=password)
ask(do="listen", **{"from": open(kept).read() if os.path.exists(kept) else "0"})
reader = threading.Thread(target=show)
reader.start()
for line in sys.stdin:
    to, _, text = line.strip().partition(" ")
    ask(do="send", to=to, text=text, key=str(uuid.uuid4()))
ask(do="quit")
reader.join()
