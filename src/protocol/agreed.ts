/** Compares a schema with the plain type that says the same, while it is compiled. */
import type { Static, TSchema } from 'typebox';

/** The schema, where its values are those of the type; elsewhere a type that no schema has. Whether they may be changed does not matter. */
export type Agreed<Schema extends TSchema, Value> =
  Same<Frozen<Static<Schema>>, Frozen<Value>> extends true
    ? Schema
    : { readonly 'the schema says': Static<Schema>; readonly 'and the type': Value };

type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value;

/** Optional fields count, as they do not where one type is only assigned to the other. */
type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
