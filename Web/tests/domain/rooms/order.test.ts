import assert from "node:assert/strict"
import { test } from "node:test"
import { childLink, compareChildren, evenOrders, orderBetween, reorderPlan, validOrder } from "../../../source/domain/rooms/order"

test("children are sorted by order, then time, then ID; malformed orders count as none", () => {
  const child = (id: string, order: unknown, timestamp: number) =>
    childLink({ state_key: id, origin_server_ts: timestamp, content: { via: ["x"], order: order as string } }) ?? assert.fail()
  const sorted = [child("!late:x", undefined, 9), child("!b:x", undefined, 5), child("!a:x", undefined, 5), child("!wrong:x", "ü", 1), child("!z:x", "b", 1), child("!y:x", "a", 8)]
    .sort(compareChildren).map((one) => one.id)
  assert.deepEqual(sorted, ["!y:x", "!z:x", "!wrong:x", "!a:x", "!b:x", "!late:x"])
})

test("a child without servers to join through is no child", () => {
  assert.equal(childLink({ state_key: "!a:x", origin_server_ts: 1, content: {} }), undefined)
  assert.equal(childLink({ state_key: "!a:x", origin_server_ts: 1, content: { via: [] } }), undefined)
  assert.equal(childLink({ state_key: "nonsense", origin_server_ts: 1, content: { via: ["x"] } }), undefined)
})

test("there is an order between any two that are not neighbours", () => {
  const cases: [string | undefined, string | undefined][] = [
    [undefined, undefined], ["a", "b"], ["a", "c"], [undefined, " a"], ["~", undefined], ["~~~~", undefined], ["a", "aa"], ["az", "b"], ["a~", "b"], [undefined, "!"],
  ]
  for (const [lower, upper] of cases) {
    const between = orderBetween(lower, upper)
    assert(between !== undefined, `between ${lower} and ${upper}`)
    assert.equal(validOrder(between), between)
    assert(lower === undefined || lower < between, `${lower} < ${between}`)
    assert(upper === undefined || between < upper, `${between} < ${upper}`)
  }
  assert.equal(orderBetween("a", "a "), undefined)
  assert.equal(orderBetween(undefined, " "), undefined)
})

test("many insertions at one place stay in order", () => {
  let upper = "b"
  for (let count = 0; count < 40; count += 1) {
    const next = orderBetween("a", upper)
    if (next === undefined) return
    assert("a" < next && next < upper)
    upper = next
  }
})

test("moving a server writes one order where it can, and all of them where it must", () => {
  const orders = evenOrders(4)
  const items = ["!a", "!b", "!c", "!d"].map((id, index) => ({ id, order: orders[index] }))
  const moved = reorderPlan(items, 0, 2)
  assert.deepEqual([...moved.keys()], ["!a"])
  const order = moved.get("!a") ?? ""
  assert(order > (orders[2] ?? "") && order < (orders[3] ?? ""))
  const none = ["!a", "!b", "!c"].map((id) => ({ id, order: undefined }))
  assert.deepEqual([...reorderPlan(none, 2, 0).keys()], ["!c"])
  const plan = reorderPlan(none, 0, 2)
  assert.deepEqual([...plan.keys()], ["!b", "!c", "!a"])
  assert.deepEqual([...plan.values()].sort(), [...plan.values()])
  assert.equal(reorderPlan(items, 1, 9).size, 0)
})
