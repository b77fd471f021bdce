/** Names for the generated types, so that nothing else spells out `components["schemas"]`. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type RunConfig = Schemas["RunConfig"];
export type Preset = Schemas["Preset"];
export type Variant = Schemas["Variant"];
export type Preview = Schemas["Preview"];
export type Explanation = Schemas["Explanation"];
export type KernelPreview = Schemas["KernelPreview"];
export type WaveAnswer = Schemas["WaveAnswer"];
export type RehearsedWave = Schemas["RehearsedWave"];
export type StepsOffer = Schemas["StepsOffer"];
export type Cost = Schemas["Cost"];
export type RunSummary = Schemas["RunSummary"];
export type RunList = Schemas["RunList"];
export type Session = Schemas["Session"];
export type ServerNow = Schemas["ServerNow"];
export type ServerLimit = Schemas["ServerLimit"];
export type LiveRun = Schemas["LiveRun"];
export type Unreadable = Schemas["Unreadable"];
export type Sweep = Schemas["Sweep"];
export type SweepRow = Schemas["SweepRow"];
export type SweepRun = Schemas["SweepRun"];
export type SweepList = Schemas["SweepList"];
export type SweepRequest = Schemas["SweepRequest"];
export type SweepAxis = Schemas["SweepAxis"];
export type AxisValue = SweepAxis["values"][number];
export type SweepState = SweepRow["state"];
export type WidthStudy = Schemas["WidthStudy"];
export type StudyPoint = Schemas["StudyPoint"];
export type StudySlope = Schemas["StudySlope"];
export type Quantity = StudySlope["quantity"];
export type Scaling = StudySlope["parameterization"];
export type PastedModel = Schemas["PastedModel"];
export type Data = Schemas["Data"];
export type DatasetInfo = Schemas["DatasetInfo"];
export type DatasetPoints = Schemas["DatasetPoints"];
export type TableReading = Schemas["TableReading"];
export type TableColumn = Schemas["TableColumn"];
export type Group = Schemas["Group"];
export type FrequencyFit = Schemas["FrequencyFit"];
export type LearningTimeFit = Schemas["LearningTimeFit"];
export type Suggestion = Schemas["Suggestion"];
export type Verdict = Schemas["Verdict"];
export type ModeRow = Schemas["ModeRow"];
export type LawName = Schemas["Started"]["law"];
export type Outcome = Schemas["Finished"]["outcome"];
export type Scan = Schemas["Scan"];
export type ScanAnswer = Schemas["ScanAnswer"];
export type ScanFinding = Schemas["ScanFinding"];
export type ScanRequest = Schemas["ScanRequest"];

/** The events as JSON has them, and two of their parts; `codec.ts` derives the decoded ones. */
export type JsonEvents = Pick<Schemas, "Started" | "Frame" | "KernelFrame" | "Tick" | "Finished" | "Predictions" | "PredictedFunction">;
