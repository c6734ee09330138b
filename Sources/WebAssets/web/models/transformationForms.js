// What the editor offers for each transformation, as data: options in the form of models/panelOptions.js, their paths in the
// transformation's options. Kinds that only transformations have: "organize", "groups", "nameFilter", "rows".
import { fieldName, number, pick, reducers, text, tick } from "./panelOptions.js";

const when = (condition, option) => ({ ...option, when: condition });
const modeIs = (mode, fallback = "reduceRow") => (read) => (read("mode") ?? fallback) === mode;
const valueIs = (path, value) => (read) => read(path) === value;
const operators = ["+", "-", "*", "/", "%", "**"].map((id) => [id, id]);
const conditions = [["greater", "is greater than"], ["greaterOrEqual", "is at least"], ["lower", "is lower than"], ["lowerOrEqual", "is at most"], ["equal", "equals"], ["notEqual", "does not equal"], ["between", "is between"], ["regex", "matches"], ["substring", "contains"], ["notSubstring", "does not contain"], ["isNull", "is null"], ["isNotNull", "is not null"]];
const needsValue = (read) => !["between", "isNull", "isNotNull"].includes(read("config.id"));
const isBetween = (read) => read("config.id") === "between";

const forms = {
  organize: [{ kind: "organize", label: "Fields" }],
  merge: [],
  joinByField: [fieldName("Field", "byField"), pick("Rows", "mode", [["outer", "All (outer)"], ["inner", "Those in every table (inner)"], ["outerTabular", "All, values repeated (outer, tabular)"]])],
  groupBy: [{ kind: "groups", label: "Fields", path: "fields" }],
  calculateField: [
    pick("Mode", "mode", [["reduceRow", "Reduce row"], ["binary", "Binary operation"], ["unary", "Unary operation"], ["cumulativeFunctions", "Cumulative"], ["windowFunctions", "Window"], ["index", "Row index"]]),
    when(modeIs("reduceRow"), { kind: "someNames", label: "Fields", path: "reduce.include" }), when(modeIs("reduceRow"), { kind: "reducer", label: "Calculation", path: "reduce.reducer", fallback: "sum" }),
    when(modeIs("binary"), fieldName("Left", "binary.left")), when(modeIs("binary"), pick("Operation", "binary.operator", operators)), when(modeIs("binary"), fieldName("Right", "binary.right")),
    when(modeIs("unary"), pick("Operation", "unary.operator", ["abs", "exp", "ln", "floor", "ceil", "round", "sqrt"].map((id) => [id, id]))), when(modeIs("unary"), fieldName("Field", "unary.fieldName")),
    when(modeIs("cumulativeFunctions"), fieldName("Field", "cumulative.field")), when(modeIs("cumulativeFunctions"), pick("Calculation", "cumulative.reducer", [["sum", "Total"], ["mean", "Mean"]])),
    when(modeIs("windowFunctions"), fieldName("Field", "window.field")), when(modeIs("windowFunctions"), { kind: "reducer", label: "Calculation", path: "window.reducer", fallback: "mean" }),
    when(modeIs("windowFunctions"), pick("Window", "window.windowAlignment", [["trailing", "Trailing"], ["centered", "Centred"]])), when(modeIs("windowFunctions"), pick("Size is", "window.windowSizeMode", [["percentage", "A share of the rows"], ["fixed", "A number of rows"]])), when(modeIs("windowFunctions"), number("Size", "window.windowSize", "0.1")),
    text("Name", "alias", "as the calculation"), tick("Replace all fields", "replaceFields"),
  ],
  filterFieldsByName: [{ kind: "nameFilter", label: "Fields", path: "include" }],
  reduce: [pick("Mode", "mode", [["seriesToRows", "Series to rows"], ["reduceFields", "Reduce fields"]]), reducers("Calculations", "reducers"), tick("With the time field", "includeTimeField"), when(modeIs("seriesToRows", "seriesToRows"), tick("Labels to fields", "labelsToFields"))],
  renameByRegex: [text("Match", "regex", "/(.*)/"), text("Replace", "renamePattern", "$1")],
  sortBy: [fieldName("Field", "sort.0.field"), tick("Descending", "sort.0.desc")],
  labelsToFields: [pick("Mode", "mode", [["columns", "Columns"], ["rows", "Rows"]]), text("Label for the value's name", "valueLabel")],
  extractFields: [fieldName("Source", "source"), pick("Format", "format", [["json", "JSON"], ["kvp", "Key and value pairs"], ["delimiter", "Delimited"], ["regexp", "Regex with named groups"]]),
    when(valueIs("format", "regexp"), text("Pattern", "regExp")), when(valueIs("format", "delimiter"), text("Delimiter", "delimiter", ",")), tick("Replace all fields", "replace"), when((read) => read("replace") === true, tick("Keep the time", "keepTime"))],
  filterByValue: [pick("Rows are", "type", [["include", "Kept"], ["exclude", "Left out"]]), pick("Where", "match", [["any", "Any condition holds"], ["all", "All conditions hold"]]),
    { kind: "rows", label: "Condition", path: "filters", start: () => ({ fieldName: "", config: { id: "greater", options: { value: 0 } } }),
      options: [fieldName("Field", "fieldName"), pick("Condition", "config.id", conditions), when(needsValue, text("Value", "config.options.value")), when(isBetween, number("From", "config.options.from")), when(isBetween, number("To", "config.options.to"))] }],
  convertFieldType: [{ kind: "rows", label: "Conversion", path: "conversions", start: () => ({ targetField: "", destinationType: "number" }),
    options: [fieldName("Field", "targetField"), pick("As", "destinationType", [["number", "Number"], ["string", "Text"], ["time", "Time"], ["boolean", "Boolean"]])] }],
  prepareTimeSeries: [pick("Format", "format", [["multi", "A table for each series"], ["wide", "One wide table"]])],
  seriesToRows: [],
  groupingToMatrix: [fieldName("Columns", "columnField"), fieldName("Rows", "rowField"), fieldName("Values", "valueField"), pick("Empty cells", "emptyValue", [["empty", "Empty"], ["null", "Null"], ["zero", "Zero"], ["true", "True"], ["false", "False"]])],
  concatenate: [pick("Names", "frameNameMode", [["field", "As they are"], ["label", "Table as a label"]])],
  filterByRefId: [text("Queries (pattern)", "include", "A|B")],
  limit: [number("Rows", "limitField", "10")],
  partitionByValues: [{ kind: "someNames", label: "Fields", path: "fields" }, tick("Keep those fields", "keepFields")],
  transpose: [],
  histogram: [number("Buckets", "bucketCount", "30"), number("Bucket size", "bucketSize"), number("Bucket offset", "bucketOffset", "0"), tick("Combine series", "combine")],
  joinByLabels: [text("Label of the columns", "value")],
  configFromData: [text("Query with the settings", "configRefId", "config")],
  rowsToFields: [{ kind: "rows", label: "Column", path: "mappings", start: () => ({ fieldName: "", handlerKey: "field.name" }), options: [fieldName("Column", "fieldName"), pick("Gives", "handlerKey", [["field.name", "The name"], ["field.value", "The value"], ["field.label", "A label"], ["unit", "The unit"], ["min", "The least value"], ["max", "The greatest value"], ["decimals", "The decimals"], ["color", "The colour"], ["displayName", "The display name"], ["__ignore", "Nothing"]])] }],
  regression: [fieldName("X", "xFieldName"), fieldName("Y", "yFieldName"), pick("Model", "modelType", [["linear", "Linear"], ["polynomial", "Polynomial"]]), when(valueIs("modelType", "polynomial"), number("Degree", "degree", "2")), number("Points", "predictionCount", "100")],
  smoothing: [number("Windows of a series", "resolution", "100")],
  heatmap: [pick("Buckets of time", "xBuckets.mode", [["size", "Of a size"], ["count", "A number of them"]]), text("Time", "xBuckets.value", "auto"), pick("Buckets of values", "yBuckets.mode", [["size", "Of a size"], ["count", "A number of them"]]), text("Values", "yBuckets.value", "auto"),
    pick("Scale of values", "yBuckets.scale.type", [["linear", "Linear"], ["log", "Logarithmic"]]), when(valueIs("yBuckets.scale.type", "log"), pick("Base", "yBuckets.scale.log", [[2, "2"], [10, "10"]]))],
  formatString: [fieldName("Field", "stringField"), pick("Format", "outputFormat", ["Upper Case", "Lower Case", "Sentence Case", "Title Case", "Trim"].map((id) => [id, id]))],
};

/** The options of a transformation; null for one that is only offered as JSON. */
export const transformationForm = (id) => (Object.hasOwn(forms, id) ? forms[id] : null);
