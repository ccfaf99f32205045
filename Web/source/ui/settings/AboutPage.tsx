import { useCallback } from "react"
import { asObject, asString, asStrings, member } from "../../matrix/base/read"
import { serverFacts } from "../accounts/serverFacts"
import { useAccounts, useSession } from "../bridge/contexts"
import { Card, CopyButton, Disclosure, Icon, Skeleton } from "../design"
import { t } from "../language/t"
import { useAnswer } from "./useAnswer"

const parts: readonly (readonly [name: string, licence: string, by: string])[] = [
  ["React", "MIT", "Meta Platforms, Inc. and affiliates"], ["Inter", "SIL Open Font License 1.1", "The Inter Project Authors"], ["KaTeX", "MIT", "Khan Academy and other contributors"],
  ["highlight.js", "BSD 3-Clause", "Ivan Sagalaev and contributors"], ["Unicode emoji data", "Unicode License", "Unicode, Inc."],
]

export function AboutPage() {
  const accounts = useAccounts()
  const session = useSession()
  const { homeserver } = session.api
  const [server] = useAnswer(useCallback(async () => {
    const [facts, versions, software] = await Promise.all([
      serverFacts(accounts, homeserver), session.api.get("/_matrix/client/versions").catch(() => undefined), session.api.get("/_matrix/federation/v1/version").catch(() => undefined),
    ])
    const name = asString(member(software, "server", "name"))
    return { facts, specification: asStrings(versions?.versions).slice(-1)[0], software: name === undefined ? undefined : `${name} ${asString(member(software, "server", "version")) ?? ""}`.trim(), features: Object.keys(asObject(versions?.unstable_features) ?? {}).length }
  }, [accounts, session, homeserver]))
  const version = document.querySelector<HTMLMetaElement>("meta[name=martlet-version]")?.content ?? clientVersion()
  const facts: readonly (readonly [string, string | undefined])[] = server.kind !== "ready" ? [] : [
    [t("settings.about.address"), homeserver], [t("settings.about.software"), server.value.software ?? (server.value.facts?.version === undefined ? undefined : `Martlet ${server.value.facts.version}`)], [t("settings.about.specification"), server.value.specification],
  ]
  return (
    <>
      <Card>
        <div className="settings-picture"><span className="account-frame-mark"><Icon name="martlet" size={40} /></span><div><strong>Martlet</strong><p className="settings-note">{t("settings.about.slogan")}</p></div></div>
        <dl className="settings-facts"><dt>{t("settings.about.version")}</dt><dd>{version}</dd><dt>{t("settings.about.browser")}</dt><dd>{navigator.userAgent}</dd></dl>
        <div className="settings-buttons"><CopyButton text={`Martlet ${version}\n${facts.map(([label, value]) => `${label}: ${value ?? "–"}`).join("\n")}\n${navigator.userAgent}`}>{t("settings.about.copy")}</CopyButton></div>
      </Card>
      <Card title={t("settings.about.server")} level={2}>
        {server.kind === "loading" ? <Skeleton count={3} /> : <dl className="settings-facts">{facts.map(([label, value]) => value !== undefined && <FactRow key={label} label={label} value={value} />)}</dl>}
      </Card>
      <Card title={t("settings.about.licences")} level={2}>
        <p>{t("settings.about.licence")}</p>
        <Disclosure title={t("settings.about.parts")}><ul className="settings-list">{parts.map(([name, licence, by]) => <li key={name}><span className="settings-list-text">{name}<br /><span className="settings-list-hint">{by}</span></span><span className="settings-list-hint">{licence}</span></li>)}</ul></Disclosure>
      </Card>
    </>
  )
}

function FactRow({ label, value }: { label: string; value: string }) {
  return <><dt>{label}</dt><dd>{value}</dd></>
}

/** The name of the bundle that runs tells one build from another. */
function clientVersion(): string {
  const script = document.querySelector<HTMLScriptElement>("script[type=module][src*='/assets/main-']")
  return /main-([A-Z0-9]+)\.js/.exec(script?.src ?? "")?.[1] ?? "–"
}
