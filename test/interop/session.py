"""A whole session over the gateway, written from docs/gateway.md alone with a WebSocket library that no one here wrote.

Usage: session.py URL TOKEN PEER. PEER is the device id of an app that echoes, and that disconnects after it echoed "bye".
Prints a line for every step that went as the document says, and ends with a traceback at the first that did not.
"""

import asyncio
import json
import struct
import sys

import websockets

SILENCE_SECONDS = 20


class Gateway:
    """One connection: calls by id, and the notifications that arrive between their answers."""

    def __init__(self, socket):
        self.socket = socket
        self.last_id = 0
        self.notifications = []
        self.data = []

    async def receive(self):
        frame = await asyncio.wait_for(self.socket.recv(), SILENCE_SECONDS)
        if isinstance(frame, bytes):
            kind, session_id, offset = struct.unpack(">BIQ", frame[:13])
            assert kind == 0x12, kind
            self.data.append((session_id, offset, frame[13:]))
            return None
        message = json.loads(frame)
        assert message["jsonrpc"] == "2.0", message
        if "method" not in message:
            return message
        assert "id" not in message, message
        self.notifications.append(message)
        return None

    async def answer(self, request_id):
        while True:
            message = await self.receive()
            if message is not None:
                assert message["id"] == request_id, message
                return message

    async def call(self, method, **params):
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}
        await self.socket.send(json.dumps(request))
        return await self.answer(self.last_id)

    async def result(self, method, **params):
        message = await self.call(method, **params)
        assert "error" not in message, message
        return message["result"]

    async def error(self, method, **params):
        message = await self.call(method, **params)
        assert "result" not in message, message
        return message["error"]

    async def send_data(self, session_id, payload):
        self.last_id += 1
        await self.socket.send(struct.pack(">BII", 0x11, self.last_id, session_id) + payload)
        return await self.answer(self.last_id)

    async def notification(self, method):
        while True:
            for message in self.notifications:
                if message["method"] == method:
                    self.notifications.remove(message)
                    return message["params"]
            assert await self.receive() is None

    async def received_data(self):
        while not self.data:
            assert await self.receive() is None
        return self.data.pop(0)


async def be_a_stranger(url):
    async with websockets.connect(url, subprotocols=["tandem.v1"]) as socket:
        gateway = Gateway(socket)
        await gateway.notification("hello")
        refusal = await gateway.error("listSessions")
        assert (refusal["code"], refusal["data"]["kind"]) == (-32001, "unauthenticated"), refusal
        await asyncio.wait_for(socket.wait_closed(), SILENCE_SECONDS)
        assert socket.close_code == 4501, socket.close_code
    print("stranger sent away")


async def open_app(gateway, token):
    client = await gateway.result("authenticate", token=token, version=1)
    assert client["version"] == 1 and client["bundleName"] == "org.example.foreign", client
    print("authenticated")

    app = await gateway.result("registerApp", moduleName="entry", abilityName="EntryAbility")
    assert app["resumed"] is False and app["sessions"] == [], app
    print("app registered")


async def open_session(gateway, peer):
    devices = await gateway.result("getAvailableDeviceList")
    assert [device["deviceId"] for device in devices] == [peer], devices
    print("device seen")

    peer_info = {
        "deviceId": peer,
        "bundleName": "org.example.echo",
        "moduleName": "entry",
        "abilityName": "EntryAbility",
    }
    session_id = await gateway.result(
        "createAbilityConnectionSession",
        serviceName="interop",
        peerInfo=peer_info,
        connectOptions={"needSendData": True},
    )
    assert session_id >= 100, session_id
    found = await gateway.result("getPeerInfoById", sessionId=session_id)
    assert found == {**peer_info, "serviceName": "interop"}, found
    for event in ("receiveMessage", "receiveData", "disconnect"):
        assert await gateway.result("on", type=event, sessionId=session_id) is None
    outcome = await gateway.result("connect", sessionId=session_id)
    assert outcome["isConnected"] is True, outcome
    sessions = await gateway.result("listSessions")
    assert [(entry["sessionId"], entry["state"]) for entry in sessions] == [(session_id, "connected")], sessions
    print("session connected")
    return session_id


async def exchange(gateway, session_id):
    for text in ("héllo 👋", "", "x" * 1024):
        assert await gateway.result("sendMessage", sessionId=session_id, msg=text) is None
        event = await gateway.notification("event")
        assert (event["type"], event["sessionId"], event["msg"]) == ("receiveMessage", session_id, text), event
    print("texts echoed")

    payload = bytes(range(256)) * 1024
    reply = await gateway.send_data(session_id, payload)
    assert "error" not in reply, reply
    received_on, offset, received = await gateway.received_data()
    assert (received_on, received) == (session_id, payload)
    assert offset == event["offset"] + 1, (offset, event)
    print("data echoed")


async def be_refused(gateway, session_id):
    too_long = await gateway.error("sendMessage", sessionId=session_id, msg="é" * 513)
    assert (too_long["code"], too_long["data"]["kind"]) == (401, "invalidParameter"), too_long
    unknown = await gateway.error("connect", sessionId=99)
    assert (unknown["code"], unknown["data"]["kind"]) == (401, "sessionNotFound"), unknown
    absent = await gateway.error("teleport")
    assert absent["code"] == -32601, absent
    await gateway.socket.send("[]")
    batch = await gateway.answer(None)
    assert batch["error"]["code"] == -32600, batch
    print("errors as documented")


async def close_session(gateway, session_id):
    assert await gateway.result("sendMessage", sessionId=session_id, msg="bye") is None
    echo = await gateway.notification("event")
    assert (echo["type"], echo["msg"]) == ("receiveMessage", "bye"), echo
    event = await gateway.notification("event")
    assert (event["type"], event["sessionId"], event["reason"]) == ("disconnect", session_id, 0), event
    print("peer disconnected")

    assert await gateway.result("destroyAbilityConnectionSession", sessionId=session_id) is None
    assert await gateway.result("getPeerInfoById", sessionId=session_id) is None
    print("session destroyed")


async def main(url, token, peer):
    await be_a_stranger(url)
    async with websockets.connect(url, subprotocols=["tandem.v1"]) as socket:
        assert socket.subprotocol == "tandem.v1", socket.subprotocol
        gateway = Gateway(socket)
        hello = await gateway.notification("hello")
        assert hello["protocol"]["min"] <= 1 <= hello["protocol"]["max"], hello
        print("hello read")
        await open_app(gateway, token)
        session_id = await open_session(gateway, peer)
        await exchange(gateway, session_id)
        await be_refused(gateway, session_id)
        await close_session(gateway, session_id)


asyncio.run(main(*sys.argv[1:]))
