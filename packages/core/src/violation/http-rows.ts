/** Violations in a head of HTTP/1.1: RFC 9112 §2–6, RFC 9110 §5. */

export const httpRows = {
  "http/start-line": {
    message: "A start line has a byte that is not allowed there.",
    section: "RFC 9112 §2.2",
    httpStatus: 400,
  },
  "http/method": {
    message: "The method of a request is not a token, or is not followed by a single space.",
    section: "RFC 9112 §3",
    httpStatus: 400,
  },
  "http/request-target": {
    message:
      "The target of a request is empty, has a byte that is not allowed there, or is not followed by a single space.",
    section: "RFC 9112 §3.2",
    httpStatus: 400,
  },
  "http/version": { message: "The HTTP version is malformed.", section: "RFC 9112 §2.3", httpStatus: 400 },
  "http/version-unsupported": {
    message: "The major version of HTTP is not 1.",
    section: "RFC 9110 §15.6.6",
    httpStatus: 505,
  },
  "http/request-line-too-long": {
    message: "A request line is longer than limits.line allows.",
    section: "RFC 9112 §3",
    httpStatus: 414,
  },
  "http/status-line": { message: "A status line is malformed.", section: "RFC 9112 §4" },
  "http/too-many-empty-lines": {
    message: "Too many empty lines precede the request line.",
    section: "RFC 9112 §2.2",
    httpStatus: 400,
  },
  "http/bare-carriage-return": { message: "A CR is not followed by LF.", section: "RFC 9112 §2.2", httpStatus: 400 },
  "http/bare-line-feed": { message: "A line ends in LF without CR.", section: "RFC 9112 §2.2", httpStatus: 400 },
  "http/white-space-before-fields": {
    message: "There is white space between the start line and the first field.",
    section: "RFC 9112 §2.2",
    httpStatus: 400,
  },
  "http/white-space-before-colon": {
    message: "There is white space between a field name and the colon.",
    section: "RFC 9112 §5.1",
    httpStatus: 400,
  },
  "http/folded-line": {
    message: "A field value is folded over several lines.",
    section: "RFC 9112 §5.2",
    httpStatus: 400,
  },
  "http/colon-missing": { message: "A field line has no colon.", section: "RFC 9112 §5", httpStatus: 400 },
  "http/field-name": { message: "A field name is not a token.", section: "RFC 9110 §5.1", httpStatus: 400 },
  "http/field-value": {
    message: "A field value has a byte that is not allowed there.",
    section: "RFC 9110 §5.5",
    httpStatus: 400,
  },
  "http/line-too-long": {
    message: "A line of a head is longer than limits.line allows.",
    section: "RFC 6585 §5",
    httpStatus: 431,
  },
  "http/too-many-fields": {
    message: "A head has more field lines than limits.fields allows.",
    section: "RFC 6585 §5",
    httpStatus: 431,
  },
  "http/head-too-big": {
    message: "A head is longer than limits.head allows.",
    section: "RFC 6585 §5",
    httpStatus: 431,
  },
  "http/content-length": {
    message: "Content-Length is malformed, or has several different values.",
    section: "RFC 9112 §6.3",
    httpStatus: 400,
  },
  "http/framing-ambiguous": {
    message: "A head has both Content-Length and Transfer-Encoding.",
    section: "RFC 9112 §6.1",
    httpStatus: 400,
  },
} as const;
