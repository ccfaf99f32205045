import type { JSONValue } from "../matrix/base/read"
import type { HTTPRequest, HTTPResponse } from "../matrix/contract/platform"

/** One request; rejects where no answer came. XMLHttpRequest is used only where progress of an upload is wanted, which fetch cannot tell. */
export function browserFetch(request: HTTPRequest): Promise<HTTPResponse> {
  return request.onUpload === undefined ? fetched(request) : uploaded(request, request.onUpload)
}

async function fetched(request: HTTPRequest): Promise<HTTPResponse> {
  const options: RequestInit = {
    method: request.method, headers: request.headers, cache: "no-store", credentials: "omit", redirect: "follow", referrerPolicy: "no-referrer",
  }
  if (request.body !== undefined) options.body = request.body
  if (request.signal !== undefined) options.signal = request.signal
  const response = await fetch(request.url, options)
  if (request.answer === "blob" && response.ok) return { status: response.status, headers: response.headers, body: await response.blob() }
  if (request.answer === "none") return { status: response.status, headers: response.headers, body: null }
  return { status: response.status, headers: response.headers, body: parsed(await response.text()) }
}

function uploaded(request: HTTPRequest, onUpload: (sent: number, total: number) => void): Promise<HTTPResponse> {
  return new Promise((resolve, reject) => {
    if (request.signal?.aborted === true) return reject(request.signal.reason)
    const call = new XMLHttpRequest()
    const abort = () => call.abort()
    call.open(request.method, request.url)
    for (const [name, value] of Object.entries(request.headers)) call.setRequestHeader(name, value)
    call.upload.onprogress = (event) => onUpload(event.loaded, event.total)
    call.onload = () => {
      request.signal?.removeEventListener("abort", abort)
      resolve({ status: call.status, headers: { get: (name) => call.getResponseHeader(name) }, body: parsed(call.responseText) })
    }
    call.onerror = () => reject(new TypeError("the upload failed"))
    call.onabort = () => reject(request.signal?.reason ?? new DOMException("aborted", "AbortError"))
    request.signal?.addEventListener("abort", abort, { once: true })
    call.send(request.body as XMLHttpRequestBodyInit | undefined)
  })
}

function parsed(text: string): JSONValue {
  try {
    return JSON.parse(text) as JSONValue
  } catch {
    return null
  }
}
