"use client";

import { useActionState } from "react";
import { ChoiceField } from "@/components/ui/choice-field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { HOUSE_ROLE_CHOICES, roleName } from "./house-roles.ts";
import { typedChoices } from "./typed-choices.ts";

export interface ListedPerson {
  id: string;
  name: string;
  email: string;
  houseRoles: readonly string[];
  owned: readonly { agentId: string; role: string }[];
  signsInWith: string;
  isDisabled: boolean;
  lastSignInAt: string | null;
}

export interface PersonActions {
  setRoles: FormAction;
  setDisabled: FormAction;
  signOut: FormAction;
  resetPassword: FormAction;
}

/** One line, which opens to what can be done about this person; it works without JavaScript. */
export function PersonEntry({ person, isYou, isOpen, actions, disabledReason }: { person: ListedPerson; isYou: boolean; isOpen: boolean; actions: PersonActions; disabledReason: string | undefined }) {
  const owned = new Map<string, string[]>();
  for (const { agentId, role } of person.owned) owned.set(role, [...(owned.get(role) ?? []), agentId]);
  return (
    <li>
      <details open={isOpen}>
        <summary className="row row-press">
          <span className="min-w-0">
            <span className="row-title">
              {person.name}
              {isYou && <span className="font-normal text-fg-3"> (you)</span>}
            </span>
            <span className="row-detail block">
              {person.email}, signs in with {person.signsInWith}, {person.lastSignInAt === null ? "never signed in" : <>last <Time at={person.lastSignInAt} show="both" /></>}
            </span>
          </span>
          <span className="row-aside flex flex-wrap justify-end gap-1.5">
            {person.isDisabled && <StatusMark kind="paused">Disabled</StatusMark>}
            {person.houseRoles.map((role) => <Tag key={role}>{roleName(role)}</Tag>)}
            {[...owned].map(([role, agents]) => <Tag key={role}>{roleName(role)} of {agents.length === 1 ? agents[0] : agents.length}</Tag>)}
          </span>
        </summary>
        <div className="grid gap-4 border-t border-line bg-canvas p-4">
          <RolesForm person={person} action={actions.setRoles} disabledReason={disabledReason} />
          <div className="flex flex-wrap gap-3">
            <OneButtonForm action={actions.signOut} fields={{ personId: person.id }} disabledReason={disabledReason} done="All sessions have ended.">
              Sign out everywhere
            </OneButtonForm>
            <OneButtonForm
              action={actions.resetPassword} fields={{ personId: person.id }} done="A temporary password was set."
              disabledReason={disabledReason ?? (isYou ? "You change your own password under Me." : undefined)}
            >
              Set a temporary password
            </OneButtonForm>
            <OneButtonForm
              action={actions.setDisabled} fields={{ personId: person.id, isDisabled: person.isDisabled ? "no" : "yes" }} done={person.isDisabled ? "Can sign in again." : "Cannot sign in any more."}
              disabledReason={disabledReason ?? (isYou ? "You cannot lock yourself out; another administrator can." : undefined)}
            >
              {person.isDisabled ? "Let in again" : "Disable"}
            </OneButtonForm>
          </div>
        </div>
      </details>
    </li>
  );
}

function RolesForm({ person, action, disabledReason }: { person: ListedPerson; action: FormAction; disabledReason: string | undefined }) {
  const [state, send] = useActionState(action, { status: "idle" });
  return (
    <form action={send} className="grid max-w-[560px] gap-3">
      <input type="hidden" name="personId" value={person.id} />
      <ChoiceField name="houseRoles[]" label="Roles for the whole house" hint="Owner roles are held per agent and named on its card." allows="several" choices={HOUSE_ROLE_CHOICES.map((choice) => ({ ...choice, isDisabled: disabledReason !== undefined }))} defaultValue={typedChoices(state, "houseRoles[]", person.houseRoles)} />
      <FormResult state={state} doneMessage="Roles saved. They hold from the next request on." />
      <div>
        <SubmitButton disabledReason={disabledReason}>Save roles</SubmitButton>
      </div>
    </form>
  );
}

function OneButtonForm({ action, fields, disabledReason, done, children }: { action: FormAction; fields: Record<string, string>; disabledReason: string | undefined; done: string; children: string }) {
  const [state, send] = useActionState(action, { status: "idle" });
  return (
    <form action={send} className="grid gap-2">
      {Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      <div>
        <SubmitButton size="sm" disabledReason={disabledReason}>{children}</SubmitButton>
      </div>
      <FormResult state={state} doneMessage={done} />
    </form>
  );
}
