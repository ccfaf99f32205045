import { spawn } from "node:child_process"
import type { Child } from "node:child_process"
import { existsSync } from "node:fs"
import { asObject, asString } from "../../../../source/matrix/base/read"
import type { JSONObject, JSONValue } from "../../../../source/matrix/base/read"

const python = `${process.env["MARTLET_TEST_VENV"] ?? "/var/tmp/martlet-venv"}/bin/python`
const folder = `${process.env["MARTLET_WEB"] ?? "."}/tests/matrix/crypto`

/** Whether the other implementations are there to test against. */
export const hasPeer = existsSync(python)

/** A Python process that answers calls, one line of JSON each. */
export class Peer {
  private readonly child: Child
  private readonly waiting: ((answer: JSONObject) => void)[] = []
  private text = ""
  private errors = ""
  private hasEnded = false

  constructor(script = "peer.py", args: readonly string[] = []) {
    this.child = spawn(python, [`${folder}/${script}`, ...args], { env: { ...process.env, PYTHONUNBUFFERED: "1" } })
    this.child.stdout.setEncoding("utf8")
    this.child.stderr.setEncoding("utf8")
    this.child.stderr.on("data", (chunk) => (this.errors = (this.errors + String(chunk)).slice(-4_000)))
    this.child.stdout.on("data", (chunk) => {
      this.text += String(chunk)
      for (let end = this.text.indexOf("\n"); end >= 0; end = this.text.indexOf("\n")) {
        const line = this.text.slice(0, end)
        this.text = this.text.slice(end + 1)
        if (line.startsWith("{")) this.waiting.shift()?.(asObject(JSON.parse(line)) ?? {})
      }
    })
    this.child.on("exit", () => {
      this.hasEnded = true
      for (const answer of this.waiting.splice(0)) answer({ error: `the peer ended: ${this.errors}` })
    })
  }

  /** Fails where the peer does. */
  async call(call: string, values: { [name: string]: JSONValue } = {}): Promise<JSONObject> {
    const answer = await this.attempt(call, values)
    const error = asString(answer["error"])
    if (error !== undefined) throw new Error(`${call}: ${error}`)
    return answer
  }

  /** Gives the failure as `error`. */
  attempt(call: string, values: { [name: string]: JSONValue } = {}): Promise<JSONObject> {
    if (this.hasEnded) return Promise.resolve({ error: `the peer ended: ${this.errors}` })
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.child.stdin.write(JSON.stringify({ ...values, call }) + "\n")
    })
  }

  async member(call: string, values: { [name: string]: JSONValue }, name: string): Promise<string> {
    return asString((await this.call(call, values))[name]) ?? ""
  }

  end() {
    this.child.stdin.end()
    this.child.kill()
  }
}
