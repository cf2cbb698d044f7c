import { Switch } from "../ui/switch.tsx";

interface Props {
  readonly label: string;
  readonly more?: string;
  readonly isOn: boolean;
  readonly isBusy?: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** A line of a list of settings: what it is, and whether it is on. */
export function SettingSwitch({ label, more, isOn, isBusy = false, onChange }: Props) {
  return (
    <li className="flex items-center gap-3 py-1.5">
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium">{label}</p>
        {more !== undefined && <p className="text-xs text-muted">{more}</p>}
      </div>
      <Switch label={label} isOn={isOn} isBusy={isBusy} onChange={onChange} />
    </li>
  );
}
