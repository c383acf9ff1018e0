import * as portable from "@hybi/permessage-deflate";
import * as zlib from "@hybi/permessage-deflate/zlib";
import { expect, it } from "vitest";

it("the entry points export the public names and nothing else", () => {
  expect(Object.keys(portable).sort()).toEqual(["permessageDeflate", "portableCodec"]);
  expect(Object.keys(zlib).sort()).toEqual(["permessageDeflate", "zlibCodec"]);
});
