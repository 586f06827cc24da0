/** Fields of a form: each with its name above it and what is wrong with it below. */

import type { ComponentChildren, JSX } from "preact";
import { ApiError } from "../../shared/api/client";
import { Glyph } from "../../shared/view/glyphs";
import { whyNot } from "../acts";
import type { Words } from "../words";

export interface FieldProps {
  readonly name: string;
  readonly fault?: string | undefined;
  readonly hint?: string | undefined;
  readonly children: ComponentChildren;
}

export function Field({ name, fault, hint, children }: FieldProps): JSX.Element {
  return (
    <div class="field">
      <label>
        <span class="field-name">{name}</span>
        {children}
      </label>
      {hint !== undefined && <p class="quiet">{hint}</p>}
      <Fault fault={fault} />
    </div>
  );
}

export function Fault({ fault }: { fault: string | undefined }): JSX.Element | null {
  if (fault === undefined) return null;
  return (
    <p class="fault" role="alert" data-test="fault">
      <Glyph name="degraded" /> {fault}
    </p>
  );
}

/** What is wrong, by the name of the field; what belongs to none is under "". */
export type Faults = Readonly<Record<string, string>>;

/** What the API refused, beside the fields that it names: `body.scope.sites` belongs to `scope`. */
export function faultsOf(error: ApiError, words: Words): Faults {
  const faults: Record<string, string> = {};
  for (const { field, message } of error.faults) {
    const name = field.replace(/^(?:body|query)\./u, "").split(".")[0] ?? "";
    faults[name] = faults[name] === undefined ? message : `${faults[name]}; ${message}`;
  }
  return Object.keys(faults).length > 0 ? faults : { "": whyNot(error, words) };
}
