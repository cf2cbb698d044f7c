import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { SignOut } from "../app/sign-out.tsx";
import { Fact } from "../ui/fact.tsx";
import { CommandLine } from "../ui/notice.tsx";
import { WORDS } from "../words/settings.tsx";

export function Profile() {
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  if (me === undefined) return null;
  return (
    <>
      <dl className="grid grid-cols-[7rem_1fr] gap-y-1">
        <Fact name={WORDS.name}>{me.name}</Fact>
        <Fact name={WORDS.role}>{WORDS.roles[me.role]}</Fact>
        <Fact name={WORDS.email}>{WORDS.noEmail}</Fact>
      </dl>
      <div>
        <p className="text-sm text-muted">{WORDS.linkForDevice}</p>
        <CommandLine command={`sparky user login-link ${me.name}`} />
      </div>
      <SignOut />
    </>
  );
}
