/** How a run ends, and with it its task. */
export type Ending =
  | { readonly state: "completed"; readonly message: string; readonly result: string; readonly flaws?: string }
  | { readonly state: "failed"; readonly message: string; readonly reason: string; readonly code: string }
  | { readonly state: "cancelled"; readonly message: string; readonly by: string; readonly why?: string };
