/** What lies above the page, the newest last: dialogs, menus, popovers. Esc and clicks outside are theirs in that order. */
export interface Layer {
  readonly element: HTMLElement
  /** Whatever is below takes no input. */
  readonly isModal: boolean
  readonly onEscape: () => void
  /** A press outside of it and of all layers above. */
  readonly onOutside?: (target: Element) => void
}

const layers: Layer[] = []

/** Puts a layer on top; the answer takes it away. */
export function pushLayer(layer: Layer): () => void {
  layers.push(layer)
  shutOff()
  if (layers.length === 1) {
    document.addEventListener("keydown", onKeyDown)
    document.addEventListener("pointerdown", onPointerDown, true)
  }
  return () => {
    const index = layers.indexOf(layer)
    if (index < 0) return
    layers.splice(index, 1)
    layer.element.inert = false
    shutOff()
    if (layers.length === 0) {
      document.removeEventListener("keydown", onKeyDown)
      document.removeEventListener("pointerdown", onPointerDown, true)
    }
  }
}

/** Whether a dialog covers the page: shortcuts of what is below rest then. */
export function isModalOpen(): boolean {
  return layers.some((layer) => layer.isModal)
}

/** Whether any layer is open. */
export function isLayerOpen(): boolean {
  return layers.length > 0
}

/** Makes all that lies below the topmost modal layer inert. */
function shutOff() {
  const top = layers.map((layer) => layer.isModal).lastIndexOf(true)
  const root = document.getElementById("root")
  if (root !== null) root.inert = top >= 0
  layers.forEach((layer, index) => {
    layer.element.inert = index < top
  })
}

function onKeyDown(event: KeyboardEvent) {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return
  const top = layers[layers.length - 1]
  if (top === undefined) return
  event.preventDefault()
  event.stopPropagation()
  top.onEscape()
}

function onPointerDown(event: PointerEvent) {
  const target = event.target
  if (!(target instanceof Element)) return
  // From the top down: a press inside of a layer leaves it and all below it alone.
  for (const layer of [...layers].reverse()) {
    if (layer.element.contains(target)) return
    layer.onOutside?.(target)
    if (layer.isModal) return
  }
}
