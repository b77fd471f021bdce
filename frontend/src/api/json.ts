/** JSON values, and what the page reads of a JSON schema. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  title?: string;
  description?: string;
  type?: string;
  const?: Json;
  enum?: Json[];
  default?: Json;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  /** Ours: see `field` in schemas/base.py. */
  unit?: string;
  advanced?: boolean;
  show_if?: Record<string, Json | Json[]>;
  /** Ours: of a number that may be a list of numbers instead, that list; see `SchemaReader.optional`. */
  list?: JsonSchema;
  with_table?: boolean;
  drawing?: boolean;
  with_drawing?: boolean;
  names_column?: boolean;
  /** Ours: the setting that a maximum comes from. */
  setting?: string;
}
