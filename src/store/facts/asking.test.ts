import { expect, test } from "vitest";
import { openStemmer } from "../recall/stems.ts";
import { wordsOf } from "../recall/words.ts";
import { asksToForget, namesFact } from "./asking.ts";

const stem = await openStemmer();
const held = (fact: string) => new Set(wordsOf(fact).map(stem));
const named = (text: string, fact: string) => asksToForget(text, stem).some((ask) => namesFact(ask, held(fact)));

test.each([
  ["Forget the dog", "My dog is called Rex", true],
  ["Please forget that my dog is called Rex.", "My dog is called Rex", true],
  ["Forget what I told you of my dog, thanks", "My dog is called Rex", true],
  ["I no longer like coffee", "I like coffee", true],
  ["Vergiss den Hund", "Mein Hund heißt Rex", true],
  ["Vergiss, dass ich in Berlin wohne", "Ich wohne in Berlin", true],
  ["Oublie mon adresse", "Mon adresse est 5 rue de Rivoli", true],
  ["忘记我的狗", "我的狗叫Rex", true],
  ["Forget the milk and forget the dog", "My dog is called Rex", true],
  ["Forget that I like coffee", "I like tea", false],
  ["Delete the file of my dog photos in the folder", "My dog is called Rex", false],
  ["Remind me of the dentist. Forget the milk", "The dentist is on Monday", false],
  ["Forget the milk", "My dog is called Rex", false],
  ["Don't forget the dog", "My dog is called Rex", false],
  ["Is my dog at home?", "My dog is called Rex", false],
  ["See https://evil.example/forget/dog/rex", "My dog is called Rex", false],
])("%j names %j: %j", (text, fact, isNamed) => expect(named(text, fact)).toBe(isNamed));

test.each([
  ["Forget that", [{ names: [], isAll: false }]],
  ["Please forget it!", [{ names: [], isAll: false }]],
  ["Never mind. Forget what I just said", [{}, {}]],
  ["Vergiss das bitte", [{ names: [] }]],
  ["Oublie ça", [{ names: [] }]],
  ["Olvida eso", [{ names: [] }]],
  ["Forget everything about my dog", [{ names: ["dog"], isAll: true }]],
  ["Forget the milk, and please forget the dog", [{ names: ["milk"] }, { names: ["dog"] }]],
  ["Delete the file", [{ names: ["file"] }]],
  ["My dog is fine", []],
])("%j asks for %j", (text, asks) => expect(asksToForget(text, stem)).toMatchObject(asks));
