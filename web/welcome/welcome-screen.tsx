import { Navigate, useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowLeft, ArrowRight, Zap } from "lucide-react";
import { useEffect, useRef } from "react";
import { WELCOME_STEPS, type WelcomeStep } from "../../src/wire/welcome.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { ModelStep } from "./model-step.tsx";
import { SchedulesStep } from "./schedules-step.tsx";
import { nextStep, stepBefore, useWelcome } from "./step.ts";
import { ToolsStep } from "./tools-step.tsx";
import { WORDS } from "../words/welcome.tsx";

/** Three steps at the owner's first sign-in. Each can be left out; later they are found again in the palette. */
export function WelcomeScreen() {
  const { step: asked } = useSearch({ from: "/welcome" });
  const navigate = useNavigate();
  const { isOwner, kept, tell } = useWelcome();
  const step = asked ?? kept ?? "model";
  const title = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    // At the first one whatever the person does first has the focus.
    if (!isFirst.current) title.current?.focus();
    isFirst.current = false;
  }, [step]);
  if (!isOwner) return <Navigate to="/" replace />;
  const go = (to: WelcomeStep): void => {
    void navigate({ to: "/welcome", search: { step: to } });
    tell.mutate(to);
  };
  const end = (): void => tell.mutate("done", { onSuccess: () => void navigate({ to: "/" }) });
  const [before, after] = [stepBefore(step), nextStep(step)];
  return (
    <div className="h-full overflow-y-auto">
      <title>{WORDS.windowTitle}</title>
      <div className="flex min-h-full max-w-2xl flex-col px-4 pt-4 md:pt-[6vh]">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h1 className="mr-auto flex items-center gap-2 text-lg font-semibold">
            <Zap aria-hidden="true" className="size-5 fill-current text-accent" />
            {WORDS.title}
          </h1>
          <ol aria-label={WORDS.stepList} className="flex gap-1">
            {WELCOME_STEPS.map((each, at) => (
              <li key={each}>
                <button
                  type="button"
                  aria-current={each === step ? "step" : undefined}
                  onClick={() => go(each)}
                  className={`tap rounded-full border px-3 py-0.5 text-sm ${
                    each === step
                      ? "border-accent bg-accent-soft font-medium text-accent"
                      : "border-line text-muted hover:bg-sunken"
                  }`}
                >
                  {WORDS.stepOf(at + 1, WORDS.steps[each].short)}
                </button>
              </li>
            ))}
          </ol>
        </div>
        <section aria-labelledby="welcome-step" data-step={step} className="mt-6 flex-1 pb-6">
          <h2 id="welcome-step" ref={title} tabIndex={-1} className="text-base font-semibold outline-none">
            {WORDS.steps[step].title}
          </h2>
          <div className="mt-2">
            {step === "model" && <ModelStep onNext={() => go("tools")} />}
            {step === "tools" && <ToolsStep />}
            {step === "schedules" && <SchedulesStep />}
          </div>
        </section>
        <div className="sticky bottom-0 flex flex-wrap items-center gap-2 border-t border-line bg-page py-3">
          <Button kind="quiet" className="mr-auto" disabled={tell.isPending} onClick={end}>
            {WORDS.skip}
          </Button>
          <Problem error={tell.error} />
          {before !== null && (
            <Button onClick={() => go(before)}>
              <ArrowLeft aria-hidden="true" className="size-4" />
              {WORDS.back}
            </Button>
          )}
          {after === null ? (
            <Button kind="primary" disabled={tell.isPending} onClick={end}>
              {WORDS.done}
            </Button>
          ) : (
            <Button kind="primary" onClick={() => go(after)}>
              {WORDS.next}
              <ArrowRight aria-hidden="true" className="size-4" />
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}
