import assert from "node:assert/strict"
import { test } from "node:test"
import type { MatrixEvent } from "../../../../source/matrix/contract/events"
import { KeyServer } from "../support/KeyServer"
import { seededRandom } from "../support/random"
import { TestDevice, TestRoom } from "../support/TestDevice"

const addresses = [["@alice:x", "A1"], ["@alice:x", "A2"], ["@bob:x", "B1"], ["@carol:x", "C1"], ["@carol:x", "C2"]] as const
const users = ["@alice:x", "@bob:x", "@carol:x"]

for (const seed of [1, 2, 3]) {
  test(`whoever is in the room can read, whatever happens to tabs and syncs (${seed})`, { timeout: 120_000 }, async () => {
    const random = seededRandom(seed)
    const server = new KeyServer()
    const room = new TestRoom("!room", users)
    room.encryption = { algorithm: "m.megolm.v1.aes-sha2", rotation_period_msgs: 7 }
    const devices: TestDevice[] = []
    for (const [userId, deviceId] of addresses) devices.push(await TestDevice.open(server, userId, deviceId, { rooms: [room] }))
    for (const device of devices) await device.sync()
    const pick = () => Math.floor(random() * devices.length)
    const sent: { event: MatrixEvent; body: string; readers: readonly string[] }[] = []
    for (let step = 0; step < 250; step += 1) {
      const at = pick()
      const device = devices[at] ?? assert.fail()
      const chance = random()
      if (chance < 0.5) {
        if (!room.members.includes(device.userId)) continue
        const body = `${step} by ${device.deviceId}`
        sent.push({ event: await device.say(room, body), body, readers: [...room.members] })
      } else if (chance < 0.7) {
        await device.sync({ acknowledge: random() < 0.7, reorder: random() < 0.2 })
      } else if (chance < 0.8) {
        // A reload, in the middle of a sync or not.
        await device.machine.stop()
        devices[at] = await device.again()
      } else if (chance < 0.87) {
        room.members = users.filter(() => random() < 0.8)
      } else if (chance < 0.92) {
        room.visibility = random() < 0.5 ? "shared" : "joined"
      } else if (chance < 0.96) {
        // The next calls fail; the message is not sent, and the one after it reaches everybody all the same.
        server.broken = "keys"
        await device.say(room, "never sent").catch(() => undefined)
        server.broken = "sendToDevice"
        await device.say(room, "never sent either").catch(() => undefined)
        server.broken = undefined
      } else {
        const known = sent[Math.floor(random() * sent.length)]
        if (known !== undefined) await device.read(known.event)
      }
    }
    for (let round = 0; round < 3; round += 1) for (const device of devices) await device.sync()
    for (const { event, body, readers } of sent) {
      for (const device of devices.filter((one) => readers.includes(one.userId))) {
        assert.equal(await device.read(event), body, `${body}, read by ${device.deviceId}`)
      }
      for (const device of devices.filter((one) => !readers.includes(one.userId))) {
        assert.notEqual(await device.read(event), body, `${body}, read by ${device.deviceId} who had left`)
      }
    }
    assert.ok(sent.length > 60)
    for (const device of devices) assert.deepEqual(device.browser.logged.filter((line) => line.startsWith("error")), [])
  })
}
