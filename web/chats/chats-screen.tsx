import { Outlet, useLocation } from "@tanstack/react-router";
import { DeletedChat } from "./deleted-chat.tsx";
import { ChatList } from "./chat-list.tsx";

/** The list and what is open beside it; on a phone one of the two. */
export function ChatsScreen() {
  const isList = useLocation({ select: ({ pathname }) => pathname.replace(/\/$/, "") === "/chats" });
  return (
    <div className="relative flex h-full">
      <DeletedChat />
      <div
        className={`h-full w-full shrink-0 border-line bg-panel md:w-64 md:border-r wide:w-80 ${isList ? "" : "max-md:hidden"}`}
      >
        <ChatList />
      </div>
      <div className={`h-full min-w-0 flex-1 ${isList ? "max-md:hidden" : ""}`}>
        <Outlet />
      </div>
    </div>
  );
}
