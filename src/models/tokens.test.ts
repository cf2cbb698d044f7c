import { expect, test } from "vitest";
import { estimateTokens } from "./tokens.ts";

// Between the least and the most that tokenizers of today's models take, with room above.
test.each([
  { script: "English", text: "The graph is small and healthy, as far as I can see. ", least: 12, most: 17 },
  { script: "German", text: "Der Graph ist klein und gesund, soweit ich das sehe. ", least: 12, most: 20 },
  { script: "Chinese", text: "这个图很小，而且据我所见很健康。", least: 10, most: 24 },
  { script: "Japanese", text: "グラフは小さく、見たところ健全です。", least: 11, most: 26 },
  { script: "Korean", text: "그래프는 작고, 제가 보기에 건강합니다.", least: 12, most: 30 },
  { script: "Russian", text: "Граф мал и здоров, насколько я могу судить.", least: 12, most: 28 },
  { script: "Arabic", text: "الرسم البياني صغير وسليم بقدر ما أرى.", least: 11, most: 30 },
  { script: "Hindi", text: "जहाँ तक मैं देख सकता हूँ, ग्राफ छोटा और स्वस्थ है।", least: 14, most: 60 },
  { script: "emoji", text: "👍🎉🚀", least: 4, most: 12 },
  { script: "JSON", text: '{"id":"a047","name":"graph_stats","nodes":[1,2,3]}', least: 16, most: 30 },
  { script: "base64", text: "ErcBCkgIBRABGAIiQL2UoU0b1OHYi+yCHpBY7U6FQW8/FcoLewocJQPa", least: 20, most: 50 },
])("F87 $script is estimated by its script", ({ text, least, most }) => {
  expect(estimateTokens(text)).toBeGreaterThanOrEqual(least);
  expect(estimateTokens(text)).toBeLessThanOrEqual(most);
});

test("nothing takes nothing, and twice the text about twice as much", () => {
  expect(estimateTokens("")).toBe(0);
  const text = "Eine 漢字 mixture, 3 файла 👍.\n";
  expect(estimateTokens(text.repeat(200)) / estimateTokens(text.repeat(100))).toBeCloseTo(2, 1);
});
