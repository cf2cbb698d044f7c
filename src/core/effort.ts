import { z } from "zod";
import { EFFORTS } from "./efforts.ts";

export const effortSchema = z.enum(EFFORTS);
export type Effort = z.infer<typeof effortSchema>;
