#!/usr/bin/env python3
"""A bot for Kabar: answers "!waktu" and "!dadu" in one group, over HTTP, each once, also after a break."""
import http.client, json, os, random, sys, time, urllib.error, urllib.parse, urllib.request

realm, group, kept = sys.argv[1:4]  # http://127.0.0.1:8880, #batak, and a file for the place up to which it has answered
token = os.environ["KABAR_TOKEN"]
answers = {
    "!waktu": lambda: time.strftime("Sekarang %H:%M:%S"),
    "!dadu": lambda: f"Dadu: {random.randint(1, 6)}",
}

def ask(path, body=None):
    """Asks until there is an answer: the realm may be away for a while, or want the bot to slow down."""
    while True:
        request = urllib.request.Request(realm + path, headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        if body is not None:
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                print("refused:", error.code, error.read().decode(errors="replace"), flush=True)
                return None if body else sys.exit(1)  # what cannot be said is left out
        except (OSError, ValueError, http.client.HTTPException):  # no connection, or half an answer, or that of a proxy
            pass
        print("waiting", flush=True)
        time.sleep(1)

def remember(position):
    with open(kept + ".new", "w") as file:
        file.write(str(position))
    os.replace(kept + ".new", kept)

def page(after=None):
    query = {"in": group} if after is None else {"in": group, "after": after}
    return ask("/api/v1/messages?" + urllib.parse.urlencode(query))

me = ask("/api/v1/me")["user"]
place = int(open(kept).read()) if os.path.exists(kept) else page()["head"]
print("ready", flush=True)
while True:
    told = page(place)
    for entry in told["entries"]:
        answer = answers.get(entry.get("text", "").strip())
        if entry["event"] == "message" and entry["from"] != me and answer:
            # The same message has the same key whenever it is answered, so a bot that died before it remembered does not answer twice.
            ask("/api/v1/messages", {"to": group, "text": answer(), "reply": entry["position"], "key": "jawab-" + entry["mid"]})
    if told["last"] > place:
        place = told["last"]
        remember(place)
    else:
        time.sleep(1)
