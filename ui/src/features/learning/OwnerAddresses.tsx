import { useState } from "react";
import { Button } from "../../components/Button";
import { CheckboxRow } from "../../components/Checkbox";
import { Field } from "../../components/Field";
import type { OwnerAddress } from "../../host/host";
import { texts } from "../../texts";
import { isAddress, sameAddress } from "./addresses";

const t = texts.confirm;

type Props = {
  addresses: readonly OwnerAddress[];
  ticked: ReadonlySet<string>;
  onTick: (address: string, ticked: boolean) => void;
  onAdd: (address: string) => void;
  error: string | undefined;
};

/** The addresses that look like the owner's, with why; and a field for one that was not found. */
export function OwnerAddresses({ addresses, ticked, onTick, onAdd, error }: Props) {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string>();

  const add = () => {
    const address = typed.trim();
    const known = addresses.some((other) => sameAddress(other.address, address));
    if (!isAddress(address)) return setProblem(t.addInvalid);
    if (known) return setProblem(t.addKnown);
    setTyped("");
    setProblem(undefined);
    onAdd(address);
  };

  return (
    <fieldset aria-describedby={error ? "owner-error" : undefined}>
      <legend className="font-semibold text-title tracking-tight">{t.me}</legend>
      <p className="mt-0.5 max-w-prose text-small text-soft">{t.meHint}</p>
      {addresses.length === 0 ? (
        <p className="mt-4">{t.noAddress}</p>
      ) : (
        <ul className="mt-4 max-h-76 divide-y divide-line overflow-y-auto rounded-control border border-line">
          {addresses.map(({ address, sentFrom, answeredAs, deliveredTo }) => (
            <li key={address}>
              <CheckboxRow
                checked={ticked.has(address)}
                onChange={(next) => onTick(address, next)}
                label={<bdi>{address}</bdi>}
                hint={t.evidence(sentFrom, answeredAs, deliveredTo)}
              />
            </li>
          ))}
        </ul>
      )}
      {error && (
        <p id="owner-error" role="alert" className="mt-3 text-danger text-small">
          {error}
        </p>
      )}
      <form
        className="mt-4 max-w-md"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Field
          label={t.addLabel}
          value={typed}
          onChange={(next) => {
            setTyped(next);
            setProblem(undefined);
          }}
          error={problem}
          placeholder={t.addPlaceholder}
          inputMode="email"
          autoComplete="off"
          spellCheck={false}
          beside={<Button type="submit">{t.add}</Button>}
        />
      </form>
    </fieldset>
  );
}
