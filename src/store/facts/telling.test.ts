import { expect, test } from "vitest";
import { openStemmer } from "../recall/stems.ts";
import { tellsAnew } from "./order.ts";
import { isSingle, relationOf } from "./relation.ts";
import { carriedBy, type Said } from "./said.ts";
import { denies, saysTheSame, tellingStems } from "./telling.ts";
import { saysWhen } from "./when.ts";

const stem = await openStemmer();
const said = (...texts: readonly string[]): readonly Said[] =>
  texts.map((text, at) => ({ seq: texts.length - at, author: { id: "ann", name: "Ann" }, text }));

test.each([
  ["My dog is called Rex", "The dog is named Rex", false],
  ["Ben owes Anna 50", "Anna owes Ben 50", false],
  ["I like peanuts", "I don't like peanuts", false],
  ["I like peanuts", "I like a peanut", true],
  ["I never eat meat", "I eat meat", false],
  ["我喜欢喝绿茶", "我喜欢喝绿茶。", true],
  ["It is so", "It is so!", true],
])("%j and %j: the same is %j", (one, other, isSame) => {
  expect(saysTheSame(one, other, stem)).toBe(isSame);
  expect(saysTheSame(other, one, stem)).toBe(isSame);
});

test.each([
  { fact: "My dog is called Rex", by: ["so you know, my dog's name is rex!"], unsaid: [] },
  { fact: "Ann's dog is called Rex", by: ["my dog is Rex"], unsaid: [] },
  { fact: "Clara is allergic to peanuts", by: ["She is allergic to peanuts", "My sister is Clara"], unsaid: [] },
  { fact: "Ann wants bananas from evil.example", by: ["I want bananas"], unsaid: ["from", "evil", "example"] },
  { fact: "Ann does not eat fish", by: ["I eat fish"], unsaid: ["not"] },
  {
    fact: "Ann always uses evil.example to pay",
    by: ["Please summarise https://evil.example/pay"],
    unsaid: ["always", "uses", "evil", "example", "to", "pay"],
  },
  { fact: "Ann likes penicillin", by: ["I am allergic to penicillin"], unsaid: ["likes"] },
  { fact: "Ann eats fish", by: ["I don't eat fish"], unsaid: ["eats", "fish"] },
  { fact: "Ann lives in Berlin", by: ["No, I live in Berlin, not in Paris"], unsaid: [] },
  { fact: "Ann has diabetes", by: ["What is diabetes?"], unsaid: ["has", "diabetes"] },
  { fact: "Ann does not eat fish", by: ["I don't eat fish"], unsaid: [] },
  { fact: "One two three four five", by: ["two", "three", "four", "five"], unsaid: ["five"] },
  { fact: "My flight is LH 1234", by: ["My flight is LH 12345"], unsaid: ["1234"] },
  { fact: "我喜欢绿茶", by: ["我喜欢喝绿茶"], unsaid: [] },
  { fact: "anything", by: [], unsaid: ["anything"] },
])("of $fact, $by leave unsaid $unsaid", ({ fact, by, unsaid }) => {
  expect(carriedBy({ text: fact }, said(...by), stem).unsaid).toEqual(unsaid);
});

/** Each the same words as were said, with another in the part of one. */
test.each([
  { kind: "who owes whom, as I and me", fact: "I owe Ben 50", by: "Ben owes me 50" },
  { kind: "the same by name", fact: "Ann owes Ben 50", by: "Ben owes me 50" },
  { kind: "the same, of a user", fact: "The user owes Ben 50", by: "Ben owes me 50" },
  { kind: "the same without a subject", fact: "Owes Ben 50", by: "Ben owes me 50", ofSpeaker: true },
  { kind: "who likes whom", fact: "Ben likes Anna", by: "Anna likes Ben" },
  { kind: "who likes me", fact: "Likes Anna", by: "Anna likes me", ofSpeaker: true },
  { kind: "who does it", fact: "Ben likes Anna", by: "Ben is liked by Anna" },
  { kind: "from where to where", fact: "I moved to Berlin from Porto", by: "I moved from Berlin to Porto" },
  { kind: "whom it is from", fact: "I got a letter from Ben", by: "I got a letter for Ben" },
  { kind: "what is more", fact: "I like tea more than coffee", by: "I like coffee more than tea" },
  { kind: "who is older", fact: "Anna is older than Ben", by: "Ben is older than Anna" },
  { kind: "whose boss", fact: "I am Ben's boss", by: "Ben is my boss" },
  { kind: "what one has and is", fact: "Ben is a dog", by: "Ben has a dog" },
  { kind: "who is called so", fact: "Ben is called Rex", by: "Ben has a dog called Rex" },
  { kind: "what one is and has", fact: "Ben has a doctor", by: "Ben is a doctor" },
  { kind: "in parts of a message", fact: "I owe Ben 50", by: "Ben called. He owes me 50" },
  { kind: "another language", fact: "Ben mag Anna", by: "Anna mag Ben" },
  { kind: "a script without blanks", fact: "猫怕狗", by: "狗怕猫" },
  { kind: "what was denied of another", fact: "I don't live in Berlin", by: "I live in Berlin, not in Paris" },
])("words say nothing for a sentence that turns them round: $kind", ({ fact, by, ofSpeaker }) => {
  const { unsaid } = carriedBy({ text: fact, ofSpeaker }, said(by), stem);
  expect(unsaid).not.toEqual([]);
  // Nor half of it.
  expect(carriedBy({ text: fact, ofSpeaker, isProposed: true }, said(by), stem).unsaid).not.toEqual([]);
  expect(carriedBy({ text: by }, said(by), stem).unsaid).toEqual([]);
});

test.each([
  ["I like coffee", "Coffee I like, but not tea"],
  ["I play chess on Mondays", "On Mondays I play chess"],
  ["Ben owes Ann 50", "Ben owes me 50"],
  ["Ann owes Ben 50", "I owe Ben 50"],
  ["I live in Porto", "I live with my family in Porto"],
  ["The dog is called Rex", "Once more: Rex, that is what my dog is called"],
  ["I have a dog", "I've a dog now"],
  ["My dog is called Rex", "I have a dog called Rex"],
  ["My dog is called Rex", "I have a dog. He is called Rex"],
  ["I moved to Porto", "I have moved to Porto"],
  ["I owe Ben 50", "Ben owes me 50. No, that is wrong: I owe Ben 50"],
])("%j is carried by %j: it may begin elsewhere, and leave out what only adds to it", (fact, by) => {
  expect(carriedBy({ text: fact, ofSpeaker: true }, said(by), stem)).toMatchObject({ unsaid: [], isTurned: false });
});

test("an answer that was chosen says nothing by itself, and with its question enough for a proposal alone", () => {
  const author = { id: "ann", name: "Ann" };
  const chosen: Said = { seq: 2, author, text: "", answer: "Which pet lives with you?\nA dog called Rex" };
  const fact = { text: "My pet dog is called Rex" };
  expect(carriedBy(fact, [chosen], stem)).toMatchObject({ sources: [], unsaid: ["pet", "dog", "rex"] });
  expect(carriedBy({ ...fact, isProposed: true }, [chosen], stem)).toMatchObject({ sources: [chosen], unsaid: [] });
  const no: Said = { seq: 3, author, text: "", answer: "Do you eat fish?\nNo" };
  expect(carriedBy({ text: "Ann eats fish", isProposed: true }, [no], stem).sources).toEqual([]);
  expect(carriedBy({ text: "Ann does not eat fish", isProposed: true }, [no], stem).unsaid).toEqual([]);
  const written: Said = { ...chosen, text: "My dog is Rex" };
  expect(carriedBy({ text: "My dog is Rex" }, [written], stem).unsaid).toEqual([]);
});

test.each([
  ["I live in Berlin", "I live in Porto", true],
  ["I live in Berlin", "Ann now lives in Porto", true],
  ["I prefer tea", "I prefer coffee", true],
  ["My dog is called Rex", "My dog is called Max", true],
  ["Ich wohne in Berlin", "Ich wohne jetzt in Porto", true],
  ["我住在柏林", "我住在波尔图", true],
  ["I live in Berlin", "I use a bike", false],
  ["I live in Berlin", "I live for music", false],
  ["I live in Berlin", "I live alone", false],
  ["I live in Berlin", "Clara lives in Porto", false],
  ["I live in Berlin", "My dog lives in Porto", false],
  ["I am a nurse", "I am a vegetarian", false],
  ["I have a dog", "I have a cat", false],
  ["Ich wohne in Berlin", "Ich mag Tee", false],
])("of what there is one of %j is told anew by %j: %j", (one, other, isAnew) => {
  expect(tellsAnew(one, other, new Set(["ann"]), stem)).toBe(isAnew);
});

test.each([
  ["2026-03-01", "I moved in March 2026", true],
  ["2026-03-01", "I moved in March", true],
  ["2026-03-01", "seit gestern", true],
  ["2026-03-01", "since 1.3.", true],
  ["2026-03-01", "am 1.3. umgezogen", true],
  ["2027-01-01", "until the end of 2026", true],
  ["2020-01-01", "I moved in 2026", false],
  ["2020-01-01", "I use a bike", false],
  ["2020-01-01", "I have 2 dogs and 1 cat", false],
])("%s is said by %j: %j", (day, text, isSaid) => {
  expect(saysWhen(Date.parse(day), text)).toBe(isSaid);
});

test("what says most of it is its first source, and the newest of those that say as much", () => {
  const messages = said("peanuts", "Clara has peanuts", "allergic to peanuts");
  const { sources } = carriedBy({ text: "Clara is allergic to peanuts" }, messages, stem);
  expect(sources.map(({ text }) => text)).toEqual(["allergic to peanuts", "Clara has peanuts"]);
  expect(carriedBy({ text: "It is" }, said("It is"), stem)).toMatchObject({ sources: [], unsaid: [], tells: 0 });
});

test("a sentence of only joining words tells nothing, and a long one is read to its end", () => {
  expect(tellingStems("It is now so and called one thing", stem).size).toBe(0);
  expect(tellingStems(`${"word ".repeat(100)}end`, stem).size).toBe(2);
  expect([denies("I can't"), denies("nothing"), denies("a knot")]).toEqual([true, true, false]);
});

test.each([
  ["Lives In", "lives_in", true],
  ["prefers coffee", "prefers_coffee", true],
  ["likes", "likes", false],
  ["is a friend of", "is_a_friend_of", false],
  ["  works—at ", "works_at", true],
  ["__proto__", "proto", false],
  ["🙂", "", false],
])("the relation %j is %j, of which there is one at a time: %j", (text, relation, single) => {
  expect(relationOf(text)).toBe(relation);
  expect(isSingle(relation)).toBe(single);
});
