import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";
import { CHAT_ORIGINS, TASK_ORIGINS, taskStatusSchema } from "../../src/wire/api.ts";
import { recallKindSchema } from "../../src/wire/recall.ts";
import { tagSchema } from "../../src/wire/tags.ts";
import { WELCOME_STEPS } from "../../src/wire/welcome.ts";
import { SHARED_PATH } from "../shares/come-back.ts";
import { Empty, Failure } from "../ui/notice.tsx";
import { Shell } from "./shell.tsx";
import { WORDS } from "../words/app.tsx";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Empty isPage title={WORDS.noSuchPage}>
      {WORDS.chooseOne}
    </Empty>
  ),
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("../home/home-screen.tsx"), "HomeScreen"),
});

/** Filters live in the address, so that a list can be linked to. A bad value is as good as none. */
const chatsSearch = z.object({
  archived: z.literal(true).optional().catch(undefined),
  origin: z.enum(CHAT_ORIGINS).optional().catch(undefined),
  /** Words in the title. */
  find: z.string().min(1).max(200).optional().catch(undefined),
  tag: tagSchema.optional().catch(undefined),
});

const chats = createRoute({
  getParentRoute: () => root,
  path: "/chats",
  validateSearch: (search) => chatsSearch.parse(search),
  component: lazyRouteComponent(() => import("../chats/chats-screen.tsx"), "ChatsScreen"),
});

const newChat = createRoute({
  getParentRoute: () => chats,
  path: "/",
  component: lazyRouteComponent(() => import("../chats/new-chat.tsx"), "NewChat"),
});

/** The same under an address of its own: a phone shows the list at `/chats`. */
const newChatAlone = createRoute({
  getParentRoute: () => chats,
  path: "new",
  component: lazyRouteComponent(() => import("../chats/new-chat.tsx"), "NewChat"),
});

/** The `seq` of the event to show; the end of the chat without it. */
const chatSearch = z.object({ at: z.number().int().positive().optional().catch(undefined) });

const chat = createRoute({
  getParentRoute: () => chats,
  path: "$chatId",
  validateSearch: (search) => chatSearch.parse(search),
  component: lazyRouteComponent(() => import("../thread/thread-screen.tsx"), "ThreadScreen"),
});

const taskSearch = z.object({
  status: taskStatusSchema.optional().catch(undefined),
  q: z.string().optional().catch(undefined),
  id: z.string().min(4).optional().catch(undefined),
  schedule: z.string().min(1).optional().catch(undefined),
  origin: z.enum(TASK_ORIGINS).optional().catch(undefined),
  /** Added within this time. */
  time: z.enum(["1h", "24h", "7d", "30d"]).optional().catch(undefined),
  /** The task whose details stand beside the list. */
  open: z.string().min(1).optional().catch(undefined),
  new: z.literal(true).optional().catch(undefined),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: "/tasks",
  validateSearch: (search) => taskSearch.parse(search),
  component: lazyRouteComponent(() => import("../tasks/tasks-screen.tsx"), "TasksScreen"),
});

const runSearch = z.object({
  /** A model call by its number, or any step by the `seq` of its first event. */
  step: z.number().int().positive().optional().catch(undefined),
  at: z.number().int().positive().optional().catch(undefined),
  tab: z.enum(["transcript", "events"]).optional().catch(undefined),
  show: z.enum(["model", "tools", "errors", "graph"]).optional().catch(undefined),
  q: z.string().min(1).max(500).optional().catch(undefined),
  /** Another run, shown next to it. */
  beside: z.string().min(1).optional().catch(undefined),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$runId",
  validateSearch: (search) => runSearch.parse(search),
  component: lazyRouteComponent(() => import("../runs/run-screen.tsx"), "RunScreen"),
});

const schedulesSearch = z.object({
  state: z.enum(["enabled", "disabled", "paused", "failing"]).optional().catch(undefined),
  q: z.string().optional().catch(undefined),
  /** The form for a new one instead of the list: an address of its own could be the name of one. */
  new: z.literal(true).optional().catch(undefined),
});

const schedules = createRoute({
  getParentRoute: () => root,
  path: "/schedules",
  validateSearch: (search) => schedulesSearch.parse(search),
  component: lazyRouteComponent(() => import("../schedules/schedules-screen.tsx"), "SchedulesScreen"),
});

const scheduleSearch = z.object({ edit: z.literal(true).optional().catch(undefined) });

const schedule = createRoute({
  getParentRoute: () => root,
  path: "/schedules/$name",
  validateSearch: (search) => scheduleSearch.parse(search),
  component: lazyRouteComponent(() => import("../schedules/schedule-screen.tsx"), "ScheduleScreen"),
});

const approvalsSearch = z.object({ show: z.literal("history").optional().catch(undefined) });

const approvals = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  validateSearch: (search) => approvalsSearch.parse(search),
  component: lazyRouteComponent(() => import("../approvals/approvals-screen.tsx"), "ApprovalsScreen"),
});

const memorySearch = z.object({
  q: z.string().min(1).max(1000).optional().catch(undefined),
  kind: recallKindSchema.optional().catch(undefined),
  /** Of what is listed where no words are looked for. */
  type: z.string().min(1).max(200).optional().catch(undefined),
});

const memory = createRoute({
  getParentRoute: () => root,
  path: "/memory",
  validateSearch: (search) => memorySearch.parse(search),
  component: lazyRouteComponent(() => import("../memory/memory-screen.tsx"), "MemoryScreen"),
});

const memoryNodeSearch = z.object({
  /** How far around it one looks. */
  depth: z.literal([1, 2, 3]).optional().catch(undefined),
  picture: z.boolean().optional().catch(undefined),
});

const memoryNode = createRoute({
  getParentRoute: () => root,
  path: "/memory/nodes/$nodeId",
  validateSearch: (search) => memoryNodeSearch.parse(search),
  component: lazyRouteComponent(() => import("../memory/node-screen.tsx"), "NodeScreen"),
});

const memoryCheck = createRoute({
  getParentRoute: () => root,
  path: "/memory/check",
  component: lazyRouteComponent(() => import("../memory/check-screen.tsx"), "CheckScreen"),
});

const memoryDuplicates = createRoute({
  getParentRoute: () => root,
  path: "/memory/duplicates",
  component: lazyRouteComponent(() => import("../memory/duplicates-screen.tsx"), "DuplicatesScreen"),
});

const memoryMe = createRoute({
  getParentRoute: () => root,
  path: "/memory/me",
  component: lazyRouteComponent(() => import("../memory/me-screen.tsx"), "MeScreen"),
});

const memoryReview = createRoute({
  getParentRoute: () => root,
  path: "/memory/review",
  component: lazyRouteComponent(() => import("../memory/review-screen.tsx"), "ReviewScreen"),
});

const toolsSearch = z.object({
  show: z.enum(["servers", "skills", "secrets"]).optional().catch(undefined),
  q: z.string().optional().catch(undefined),
  add: z.literal(true).optional().catch(undefined),
});

/** What is behind its `#` is the link; it stands in no search, which servers are sent. */
const shared = createRoute({
  getParentRoute: () => root,
  path: SHARED_PATH,
  component: lazyRouteComponent(() => import("../shares/shared-screen.tsx"), "SharedScreen"),
});

const tools = createRoute({
  getParentRoute: () => root,
  path: "/tools",
  validateSearch: (search) => toolsSearch.parse(search),
  component: lazyRouteComponent(() => import("../tools/tools-screen.tsx"), "ToolsScreen"),
});

const welcomeSearch = z.object({ step: z.enum(WELCOME_STEPS).optional().catch(undefined) });

const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  validateSearch: (search) => welcomeSearch.parse(search),
  component: lazyRouteComponent(() => import("../welcome/welcome-screen.tsx"), "WelcomeScreen"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("../settings/settings-screen.tsx"), "SettingsScreen"),
});

/** Its parent shows it: so what has the focus stays when one goes from part to part. */
const settingsSection = createRoute({ getParentRoute: () => settings, path: "$section" });

const routeTree = root.addChildren([
  home,
  chats.addChildren([newChat, newChatAlone, chat]),
  tasks,
  run,
  schedules,
  schedule,
  memory,
  memoryNode,
  memoryCheck,
  memoryDuplicates,
  memoryMe,
  memoryReview,
  approvals,
  shared,
  tools,
  welcome,
  settings.addChildren([settingsSection]),
]);

/** A part of the page that failed, or that is gone since the server was updated: a reload fetches the new one. */
function Broken({ error }: { error: unknown }) {
  return (
    <Failure
      what={WORDS.broken}
      error={error instanceof Error ? error : new Error(String(error))}
      retry={() => location.reload()}
    />
  );
}

export function createAppRouter() {
  return createRouter({ routeTree, defaultPreload: "intent", defaultErrorComponent: Broken });
}

/** Fetches the code of every place, so that going there needs only its data. */
export function preloadPlaces(router: ReturnType<typeof createAppRouter>): void {
  const places = [router.preloadRoute({ to: "/chats/$chatId", params: { chatId: "none" } })];
  places.push(router.preloadRoute({ to: "/runs/$runId", params: { runId: "none" } }));
  for (const to of ["/", "/chats", "/tasks", "/schedules", "/memory", "/inbox", "/tools", "/settings"] as const) {
    places.push(router.preloadRoute({ to }));
  }
  // What could not be fetched is fetched when it is needed, and says then what is wrong.
  for (const place of places) place.catch(() => undefined);
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
