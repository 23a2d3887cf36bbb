"use client";

import { createContext } from "react";

/** How it went when the frame asked for its counts: what holds for them holds for all else that the database knows. */
export const HouseAnswers = createContext({ answeredAtMs: 0, hasFailed: false });
