import { useState } from "react"
import { createCommunity } from "../../domain/communities/createCommunity"
import { templates, type CommunityTemplate } from "../../domain/communities/templates"
import { useSession } from "../bridge/contexts"
import { Button } from "../design/Button"
import { Dialog } from "../design/Dialog"
import { Icon } from "../design/Icon"
import { Spinner } from "../design/Spinner"
import { Switch } from "../design/Switch"
import { TextField } from "../design/TextField"
import { t, type TextKey } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { failureText } from "./failureText"
import { InviteLinkBox } from "./InviteLinkBox"
import { JoinByLink } from "./JoinByLink"
import { PicturePicker } from "./PicturePicker"
import "./CreateServerDialog.css"

type Step =
  | { readonly kind: "template" }
  | { readonly kind: "join" }
  | { readonly kind: "name"; readonly template: CommunityTemplate }
  | { readonly kind: "working"; readonly done: number; readonly all: number }
  | { readonly kind: "ready"; readonly space: string; readonly first: string | undefined }

const icons: Readonly<Record<CommunityTemplate["id"], string>> = { friends: "🫶", club: "🎪", gaming: "🎮", study: "📚", creators: "🎨", empty: "🌱" }

/** Makes a server in two steps, and gives the link that brings people in. */
export function CreateServerDialog({ onClose, onDone }: { onClose: () => void; onDone?: (space: string) => void }) {
  const session = useSession()
  const [step, setStep] = useState<Step>({ kind: "template" })
  const [name, setName] = useState("")
  const [picture, setPicture] = useState<Blob>()
  const [isPublic, setPublic] = useState(false)
  const [error, setError] = useState<string>()

  const create = async (template: CommunityTemplate) => {
    setError(undefined)
    setStep({ kind: "working", done: 0, all: 1 })
    try {
      const avatar = picture === undefined ? undefined : await session.media.upload(picture, "server")
      const made = await createCommunity(session, {
        name: name.trim(), isPublic, template, text: (key) => t(key as TextKey), ...(avatar === undefined ? {} : { avatar }),
      }, (done, all) => setStep({ kind: "working", done, all }))
      await session.waitForRoom(made.space)
      if (made.first !== undefined) await session.waitForRoom(made.first)
      setStep({ kind: "ready", ...made })
    } catch (problem) {
      setError(failureText(problem))
      setStep({ kind: "name", template })
    }
  }

  const open = (space: string, first: string | undefined) => {
    onClose()
    onDone?.(space)
    navigate(first === undefined ? { kind: "space", space } : { kind: "room", room: first, space, event: undefined, thread: undefined })
  }

  switch (step.kind) {
    case "template":
      return (
        <Dialog title={t("communities.create.title")} description={t("communities.create.hint")} onClose={onClose}
          footer={<Button variant="quiet" icon="link" onClick={() => setStep({ kind: "join" })}>{t("communities.create.haveInvite")}</Button>}>
          <ul className="create-server-templates">
            {templates.map((template) => (
              <li key={template.id}>
                <button type="button" onClick={() => setStep({ kind: "name", template })}>
                  <span className="create-server-icon" aria-hidden="true">{icons[template.id]}</span>
                  <span className="create-server-text">
                    <strong>{t(`template.${template.id}`)}</strong>
                    <span>{t(`template.${template.id}.hint`)}</span>
                  </span>
                  <Icon name="chevron-right" size={18} />
                </button>
              </li>
            ))}
          </ul>
        </Dialog>
      )
    case "join":
      return <JoinByLink onBack={() => setStep({ kind: "template" })} onClose={onClose} />
    case "name":
      return (
        <Dialog title={t("communities.create.nameTitle")} onClose={onClose} onSubmit={() => {
          if (name.trim() !== "") void create(step.template)
        }} footer={(
          <>
            <Button variant="quiet" onClick={() => setStep({ kind: "template" })}>{t("common.back")}</Button>
            <Button variant="primary" type="submit" disabled={name.trim() === ""}>{t("communities.create.create")}</Button>
          </>
        )}>
          <div className="create-server-form">
            <PicturePicker label={t("communities.picture")} picture={picture} onChange={setPicture} />
            <TextField label={t("communities.create.name")} value={name} onChange={setName} maxLength={100} autoComplete="off" data-autofocus placeholder={t("communities.create.namePlaceholder")} error={error} />
            <Switch label={t("communities.create.public")} hint={t("communities.create.publicHint")} isOn={isPublic} onChange={setPublic} />
          </div>
        </Dialog>
      )
    case "working":
      return (
        <Dialog title={t("communities.create.working")}>
          <div className="create-server-working" role="status">
            <Spinner size={32} />
            <progress value={step.done} max={step.all} aria-label={t("communities.create.working")} />
          </div>
        </Dialog>
      )
    case "ready":
      return (
        <Dialog title={t("communities.create.ready", { name: name.trim() })} description={t("communities.create.readyHint")} onClose={() => open(step.space, step.first)}
          footer={<Button variant="primary" onClick={() => open(step.space, step.first)}>{t("communities.create.open")}</Button>}>
          <InviteLinkBox room={step.space} />
        </Dialog>
      )
  }
}
