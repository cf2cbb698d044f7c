import { answerQuestion } from "../../store/questions/answer.ts";
import { getQuestion, listQuestions } from "../../store/questions/questions.ts";
import { listSchema } from "../../wire/api.ts";
import { answerSchema, questionSchema } from "../../wire/questions.ts";
import type { ServerDeps } from "../deps.ts";
import { approvalsQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function questionRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/questions",
      right: "chats.see",
      summary: "What the agent asks you, the newest first: what is open, or with `state=all` the history too.",
      query: approvalsQuery,
      answers: { 200: listSchema(questionSchema) },
      handle: async ({ viewer, query }) => ({ status: 200, body: await listQuestions(store, viewer, query) }),
    }),
    route({
      method: "GET",
      path: "/api/questions/:id",
      right: "chats.see",
      summary: "One question, with its choices or its form.",
      answers: { 200: questionSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await getQuestion(store, viewer, params.id) }),
    }),
    route({
      method: "POST",
      path: "/api/questions/:id",
      right: "chats.answer",
      summary: "Answers a question, or declines to with null. The first answer wins: a later one gets 409.",
      body: answerSchema,
      answers: { 200: questionSchema },
      handle: async ({ viewer, params, body }) => ({
        status: 200,
        body: await answerQuestion(store, viewer, params.id, body.answer),
      }),
    }),
  ];
}
