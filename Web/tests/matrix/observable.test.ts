import assert from "node:assert/strict"
import { test } from "node:test"
import { batch, derived, Value, when } from "../../source/matrix/base/observable"

test("a batch tells each listener once", () => {
  const a = new Value(1)
  const b = new Value(2)
  const sum = derived([a, b], () => a.get() + b.get())
  let calls = 0
  sum.subscribe(() => { calls += 1 })
  batch(() => {
    a.set(10)
    b.set(20)
  })
  assert.equal(sum.get(), 30)
  assert.equal(calls, 1)
})

test("a derived value keeps its identity until a source changes, and is silent where its result is equal", () => {
  const source = new Value(1)
  const list = derived([source], () => ({ even: source.get() % 2 === 0 }), (x, y) => x.even === y.even)
  const first = list.get()
  assert.equal(list.get(), first)
  let calls = 0
  list.subscribe(() => { calls += 1 })
  source.set(3)
  assert.equal(list.get(), first)
  assert.equal(calls, 0)
  source.set(4)
  assert.equal(calls, 1)
})

test("a listener that was taken away during a batch is not called", () => {
  const source = new Value(0)
  let calls = 0
  const end = source.subscribe(() => { calls += 1 })
  batch(() => {
    source.set(1)
    end()
  })
  assert.equal(calls, 0)
})

test("when resolves with the first value that fits", async () => {
  const source = new Value(0)
  const found = when(source, (value) => value > 1)
  source.set(1)
  source.set(2)
  assert.equal(await found, 2)
})
