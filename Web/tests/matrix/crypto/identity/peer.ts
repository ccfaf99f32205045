import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { asObject, type JSONObject } from "../../../../source/matrix/base/read"

const python = `${process.env["MARTLET_TEST_VENV"] ?? "/var/tmp/martlet-venv"}/bin/python`

/** Whether the foreign implementations are there to compare with. */
export const hasPeer = existsSync(python)

/** A process that answers questions with foreign implementations. */
export class Peer {
  private readonly child = spawn(python, [`${process.env["MARTLET_WEB"]}/tests/matrix/crypto/identity/peer.py`])
  private readonly waiting: ((line: string) => void)[] = []
  private rest = ""
  private errors = ""

  constructor() {
    this.child.stdout.setEncoding("utf8")
    this.child.stderr.setEncoding("utf8")
    this.child.stderr.on("data", (chunk) => { this.errors += String(chunk) })
    this.child.stdout.on("data", (chunk) => {
      const lines = (this.rest + String(chunk)).split("\n")
      this.rest = lines.pop() ?? ""
      for (const line of lines) this.waiting.shift()?.(line)
    })
    this.child.on("exit", () => this.waiting.splice(0).forEach((resolve) => resolve(JSON.stringify({ error: `the peer ended: ${this.errors}` }))))
  }

  async ask(question: JSONObject): Promise<JSONObject> {
    const line = await new Promise<string>((resolve) => {
      this.waiting.push(resolve)
      this.child.stdin.write(`${JSON.stringify(question)}\n`)
    })
    const answer = asObject(JSON.parse(line))
    if (answer === undefined || answer["error"] !== undefined) throw new Error(String(answer?.["error"]))
    return answer
  }

  end() {
    this.child.stdin.end()
  }
}
