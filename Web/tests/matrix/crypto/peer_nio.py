"""Another client for the live tests: matrix-nio, driven by lines of JSON on stdin; answers on stdout, one line each."""
import asyncio
import json
import sys
import tempfile

import nio


class Client:
    def __init__(self, homeserver, store):
        self.homeserver = homeserver
        self.store = store
        self.client = None
        self.events = {}
        self.order = []

    async def register(self, call):
        config = nio.AsyncClientConfig(encryption_enabled=True, store_sync_tokens=False)
        self.client = nio.AsyncClient(self.homeserver, "", store_path=self.store, config=config)
        answer = await self.client.register(call["username"], "a long enough one", device_name="nio")
        if not isinstance(answer, nio.RegisterResponse):
            raise RuntimeError(str(answer))
        self.client.load_store()
        self.client.add_event_callback(self.clear, nio.RoomMessageText)
        self.client.add_event_callback(self.unclear, nio.MegolmEvent)
        await self.sync({})
        return {"user": self.client.user_id, "device": self.client.device_id, "ed25519": self.client.olm.account.identity_keys["ed25519"]}

    async def clear(self, room, event):
        self.events[event.event_id] = {"body": event.body, "isEncrypted": event.decrypted}

    async def unclear(self, room, event):
        self.events.setdefault(event.event_id, {"body": None, "isEncrypted": True})

    async def sync(self, _):
        answer = await self.client.sync(timeout=0, full_state=False, sync_filter={"room": {"timeline": {"limit": 1000}}})
        if isinstance(answer, nio.SyncError):
            raise RuntimeError(str(answer))
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        if self.client.should_claim_keys:
            await self.client.keys_claim(self.client.get_users_for_key_claiming())
        await self.client.send_to_device_messages()
        return {"readable": sum(1 for event in self.events.values() if event["body"] is not None), "seen": len(self.events)}

    async def join(self, call):
        answer = await self.client.join(call["room"])
        if not isinstance(answer, nio.JoinResponse):
            raise RuntimeError(str(answer))
        await self.sync({})
        return {}

    async def say(self, call):
        events = []
        for text in call["texts"]:
            answer = await self.client.room_send(call["room"], "m.room.message", {"msgtype": "m.text", "body": text}, ignore_unverified_devices=True)
            if not isinstance(answer, nio.RoomSendResponse):
                raise RuntimeError(str(answer))
            events.append(answer.event_id)
        return {"events": events}

    async def rotate(self, call):
        self.client.invalidate_outbound_session(call["room"])
        return {}

    async def read(self, _):
        return {"events": self.events}

    async def end(self, _):
        await self.client.close()
        return {}


async def main():
    with tempfile.TemporaryDirectory() as store:
        client = Client(sys.argv[1], store)
        loop = asyncio.get_running_loop()
        while True:
            line = await loop.run_in_executor(None, sys.stdin.readline)
            if not line:
                break
            call = json.loads(line)
            try:
                answer = await asyncio.wait_for(getattr(client, call["call"])(call), 120)
            except Exception as error:  # the other side wants to know of every kind of failure
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)


asyncio.run(main())
