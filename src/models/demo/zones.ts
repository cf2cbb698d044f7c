/** Time zones by what people call them: the cities of the zones' own names, and these. */
const PLACES: { readonly [zone: string]: readonly string[] } = {
  "America/Chicago": ["texas", "dallas", "houston", "austin"],
  "America/Los_Angeles": ["california", "san francisco", "seattle", "las vegas"],
  "America/New_York": ["boston", "washington", "miami", "nyc", "atlanta"],
  "America/Sao_Paulo": ["rio", "rio de janeiro"],
  "America/Toronto": ["montreal", "ottawa"],
  "Asia/Ho_Chi_Minh": ["vietnam", "hanoi", "ho chi minh city"],
  "Asia/Kathmandu": ["nepal", "kathmandu"],
  "Asia/Kolkata": ["india", "mumbai", "delhi", "new delhi", "bangalore", "chennai", "kolkata"],
  "Asia/Seoul": ["korea", "south korea"],
  "Asia/Shanghai": ["china", "beijing", "shenzhen"],
  "Asia/Tokyo": ["japan", "osaka", "kyoto"],
  "Europe/Berlin": ["germany", "munich", "hamburg", "frankfurt", "cologne"],
  "Europe/Kyiv": ["ukraine", "kyiv", "kiev"],
  "Europe/London": ["england", "britain", "uk", "scotland", "manchester", "edinburgh"],
  "Europe/Madrid": ["spain", "barcelona"],
  "Europe/Paris": ["france", "lyon"],
  "Europe/Rome": ["italy", "milan"],
  "Europe/Zurich": ["switzerland", "geneva"],
  UTC: ["utc", "gmt"],
};
const MOST_WORDS = 4;

/** The IANA time zone that a request speaks of: by its name or a place's. */
export function zoneIn(text: string): string | undefined {
  const named = /\b[A-Z]\w+\/[A-Z][\w/]+/.exec(text)?.[0];
  if (named !== undefined) return named;
  const places = placesByName();
  const words = text.match(/[\p{L}\p{N}_.'-]+/gu)?.map((word) => word.replace(/\.+$/, "")) ?? [];
  for (let length = MOST_WORDS; length > 0; length--) {
    for (let at = 0; at + length <= words.length; at++) {
      const [first = "", before = ""] = [words[at], words[at - 1]];
      // "Is it easter" speaks of no island.
      if (!/^\p{Lu}/u.test(first) && !/^(in|at|for|of|the)$/i.test(before)) continue;
      const zone = places.get(
        words
          .slice(at, at + length)
          .join(" ")
          .toLowerCase(),
      );
      if (zone !== undefined) return zone;
    }
  }
  return undefined;
}

function placesByName(): ReadonlyMap<string, string> {
  const cities = Intl.supportedValuesOf("timeZone").map(
    (zone) => [zone.split("/").at(-1)?.replaceAll("_", " ").toLowerCase() ?? "", zone] as const,
  );
  const others = Object.entries(PLACES).flatMap(([zone, places]) => places.map((place) => [place, zone] as const));
  return new Map([...cities, ...others]);
}
