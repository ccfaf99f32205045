import { asArray, asObject, asString, asStrings, member } from "../base/read"
import { MatrixError } from "../contract/session"
import type { API, LoginFlows } from "../contract/session"

/** What ways there are to sign in and up. */
export async function loginFlows(api: API): Promise<LoginFlows> {
  const [login, registration] = await Promise.all([api.get("/_matrix/client/v3/login"), registrationFlows(api)])
  const flows = asArray(login["flows"])
  const types = flows.map((flow) => asString(member(flow, "type")))
  const single = flows.find((flow) => member(flow, "type") === "m.login.sso")
  const providers = asArray(member(single, "identity_providers")).map((provider) => {
    const id = asString(member(provider, "id"))
    return { id, name: asString(member(provider, "name")) ?? id ?? "", icon: asString(member(provider, "icon")) }
  })
  return {
    password: types.includes("m.login.password"),
    token: types.includes("m.login.token"),
    sso: single === undefined ? [] : providers.length > 0 ? providers : [{ id: undefined, name: "", icon: undefined }],
    ...registration,
  }
}

async function registrationFlows(api: API): Promise<Pick<LoginFlows, "registration" | "registrationParams">> {
  try {
    // An empty request tells the flows without making anything.
    await api.post("/_matrix/client/v3/register", {})
  } catch (error) {
    if (error instanceof MatrixError && error.status === 401) {
      return {
        registration: asArray(error.body["flows"]).map((flow) => asStrings(member(flow, "stages"))),
        registrationParams: asObject(error.body["params"]) ?? {},
      }
    }
    if (!(error instanceof MatrixError) || error.code === "NETWORK") throw error
  }
  return { registration: [], registrationParams: {} }
}
