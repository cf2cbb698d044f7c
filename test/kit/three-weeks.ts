import type { Conversations } from "../../bench/memory/evaluate.ts";

/** Three weeks of talk, made up, and twenty questions with the messages that answer them. */

type Line = readonly [id: string, day: string, author: "Mara" | "Theo" | "agent", text: string];

const HOUSE: readonly Line[] = [
  ["h1", "2026-05-04T08:10", "Mara", "We signed the lease for the flat at Kastanienallee 12 today."],
  ["h2", "2026-05-04T08:11", "agent", "Congratulations! When do you get the keys?"],
  ["h3", "2026-05-04T08:12", "Mara", "On the 18th of May, from the janitor, Mr. Okafor."],
  ["h4", "2026-05-06T19:00", "Theo", "The movers are booked: Blitz Transport, 640 euros, they bring boxes."],
  ["h5", "2026-05-06T19:02", "agent", "Shall I put their visit into your calendar?"],
  ["h6", "2026-05-06T19:03", "Theo", "Yes, they come on the 19th at half past seven."],
  ["h7", "2026-05-12T07:30", "Mara", "Please remember that our cat Pixel must stay with my mother during the move."],
  ["h8", "2026-05-15T21:00", "Mara", "The kitchen is 2.40 metres wide, so the old counter fits."],
  ["h9", "2026-05-20T09:00", "Mara", "The router is installed, the Wi-Fi is called Chestnut."],
];

const WORK: readonly Line[] = [
  ["w1", "2026-05-05T09:00", "Theo", "I started the migration of the billing service to the new cluster."],
  ["w2", "2026-05-05T09:05", "agent", "Which database does the billing service use?"],
  ["w3", "2026-05-05T09:06", "Theo", "PostgreSQL 17, with a replica in Frankfurt."],
  ["w4", "2026-05-07T16:00", "Theo", "The deployment failed because the certificate of the proxy had expired."],
  ["w5", "2026-05-07T16:20", "agent", "I renewed the certificate; it is valid until August."],
  ["w6", "2026-05-11T10:00", "Theo", "Priya takes over the on-call rotation from next week."],
  ["w7", "2026-05-13T11:00", "Mara", "My thesis supervisor, Professor Lindqvist, wants the second chapter by June."],
  ["w8", "2026-05-13T11:01", "agent", "What is the chapter about?"],
  ["w9", "2026-05-13T11:02", "Mara", "How glaciers store the dust of volcanoes."],
  ["w10", "2026-05-21T15:00", "Theo", "The invoices are sent on the third working day of a month."],
];

const LIFE: readonly Line[] = [
  ["l1", "2026-05-08T18:00", "Mara", "Theo is allergic to hazelnuts, keep that in mind for recipes."],
  ["l2", "2026-05-08T18:05", "agent", "Noted. Do you want a dinner without nuts tonight?"],
  ["l3", "2026-05-08T18:06", "Mara", "Yes, something with aubergines, like the one that we cooked in Naples."],
  ["l4", "2026-05-10T12:00", "Theo", "I run ten kilometres twice a week, on Tuesdays and Saturdays."],
  ["l5", "2026-05-14T20:00", "Mara", "We watched a film by Agnès Varda and loved it."],
  ["l6", "2026-05-16T10:00", "Theo", "The dentist moved my appointment to the 2nd of June, 11:15."],
  ["l7", "2026-05-17T17:00", "Mara", "My sister Ines had a baby, a girl called Nora."],
  ["l8", "2026-05-18T08:00", "Theo", "The bicycle is at the repair shop near the station, it needs a new chain."],
  ["l9", "2026-05-22T13:00", "Mara", "Book the train to Gdańsk, we want the window seats."],
  ["l10", "2026-05-22T13:01", "agent", "The train to Gdańsk is booked, coach 7, seats 31 and 32."],
  ["l11", "2026-05-23T09:00", "Mara", "绿茶喝完了，请买一些。"],
  ["l12", "2026-05-24T09:00", "Theo", "What shall we cook tonight?"],
];

const QUESTIONS: readonly (readonly [text: string, kind: string, ...evidence: readonly string[]])[] = [
  ["What is the address of our new flat?", "single", "h1"],
  ["When do we get the keys?", "time", "h3"],
  ["Who has the keys of the flat?", "single", "h3"],
  ["How much do the movers cost?", "single", "h4"],
  ["When do the movers come?", "time", "h6"],
  ["Where does the cat stay?", "single", "h7"],
  ["How wide is the kitchen?", "single", "h8"],
  ["What is the name of the Wi-Fi?", "single", "h9"],
  ["Which database is behind billing?", "single", "w3"],
  ["Why did the deployment fail?", "single", "w4"],
  ["Until when is the certificate valid?", "time", "w5"],
  ["Who is on call next week?", "single", "w6"],
  ["What did Mara say about her supervisor?", "author", "w7"],
  ["What is the second chapter about?", "single", "w9"],
  ["What must not be in recipes for Theo?", "single", "l1"],
  ["How often does Theo go running?", "time", "l4"],
  ["When is the appointment at the dentist?", "time", "l6"],
  ["What is the baby called?", "single", "l7"],
  ["Which seats do we have in the train to Gdansk?", "several", "l9", "l10"],
  ["绿茶", "single", "l11"],
];

const itemsOf = (thread: string, lines: readonly Line[]): Conversations["items"] =>
  lines.map(([id, at, author, text]) => ({ id, thread, author, at: `${at}:00Z`, text }));

export const threeWeeks: Conversations = {
  items: [...itemsOf("house", HOUSE), ...itemsOf("work", WORK), ...itemsOf("life", LIFE)],
  questions: QUESTIONS.map(([text, kind, ...evidence]) => ({ text, kind, evidence })),
};
