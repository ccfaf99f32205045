import assert from "node:assert/strict"
import test from "node:test"
import { PushRuleEditor, readNotificationRules } from "../../../source/domain/settings/pushRules"
import type { JSONObject, JSONValue } from "../../../source/matrix/base/read"
import type { API } from "../../../source/matrix/contract/session"

const rules: JSONObject = {
  global: {
    override: [{ rule_id: ".m.rule.master", enabled: false, default: true, actions: [] }, { rule_id: ".m.rule.is_user_mention", enabled: true, default: true, actions: ["notify"] }, { rule_id: ".m.rule.is_room_mention", enabled: false, default: true, actions: ["notify"] }],
    content: [{ rule_id: ".m.rule.contains_user_name", enabled: true, default: true, pattern: "ada", actions: ["notify"] }, { rule_id: "cake", enabled: true, default: false, pattern: "cake", actions: ["notify"] }],
    underride: [{ rule_id: ".m.rule.message", enabled: true, actions: [] }, { rule_id: ".m.rule.encrypted", enabled: true, actions: [] }, { rule_id: ".m.rule.room_one_to_one", enabled: true, actions: ["notify"] }, { rule_id: ".m.rule.encrypted_room_one_to_one", enabled: false, actions: ["notify"] }],
  },
}

function recorder() {
  const calls: [string, JSONValue | undefined][] = []
  const api = {
    put: async (path: string, body: JSONValue) => {
      calls.push([path.replace("/_matrix/client/v3/pushrules/global/", ""), body])
      return {}
    },
    delete: async (path: string) => {
      calls.push([path.replace("/_matrix/client/v3/pushrules/global/", ""), undefined])
      return {}
    },
  }
  // Only what the editor uses of an API.
  return { calls, api: api as unknown as API }
}

test("rules are read as what they mean", () => {
  const read = readNotificationRules(rules)
  assert.deepEqual(read, { isOn: true, directMessages: true, channels: "mentions", userMentions: true, roomMentions: false, invites: true, keywords: [{ id: "cake", pattern: "cake", isEnabled: true }] })
})

test("without rules the specification's defaults count", () => {
  assert.deepEqual(readNotificationRules(undefined), { isOn: true, directMessages: true, channels: "all", userMentions: true, roomMentions: true, invites: true, keywords: [] })
})

test("only rules that the server has are changed", async () => {
  const { calls, api } = recorder()
  await new PushRuleEditor(api, () => rules).setUserMentions(false)
  assert.deepEqual(calls, [["override/.m.rule.is_user_mention/enabled", { enabled: false }], ["content/.m.rule.contains_user_name/enabled", { enabled: false }]])
})

test("a word becomes a rule that highlights", async () => {
  const { calls, api } = recorder()
  const editor = new PushRuleEditor(api, () => rules)
  await editor.addKeyword("a/b")
  await editor.removeKeyword("cake")
  assert.equal(calls[0]?.[0], "content/a_b")
  assert.deepEqual(calls[1], ["content/cake", undefined])
})
