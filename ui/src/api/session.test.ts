import { beforeEach, describe, expect, it } from "vitest";

import { fileName } from "./downloads";
import { EventParser } from "./event-stream";
import { basic, bearer, currentSession, refused, schemesOf, sessionHeaders, signIn, signOut, tokenFault } from "./session";

describe("challenges", () => {
  it("gives the schemes of one or several, whatever their parameters hold", () => {
    expect(schemesOf('Bearer realm="millrace", Basic realm="mill, race", charset="UTF-8"')).toEqual(["bearer", "basic"]);
    expect(schemesOf('Digest realm="a \\" Basic b", nonce=x, qop="auth"')).toEqual(["digest"]);
    expect(schemesOf("Negotiate, Bearer")).toEqual(["negotiate", "bearer"]);
    expect(schemesOf("Bearer, bearer")).toEqual(["bearer"]);
    expect(schemesOf("")).toEqual([]);
  });
});

describe("the session", () => {
  beforeEach(signOut);

  it("asks to sign in after a 401, and not again for what was asked before", () => {
    refused(null, "Bearer", "A token is needed.");
    expect(currentSession().demand).toEqual({ message: "A token is needed.", schemes: ["bearer"], rejected: false });
    signIn(bearer("good"));
    refused(null, "Bearer", "A late answer to the first call.");
    expect(currentSession()).toEqual({ credential: { header: "Bearer good" }, demand: null });
  });

  it("forgets a credential that is refused, and says so", () => {
    signIn(bearer("old"));
    refused("Bearer old", "Bearer", "Expired.");
    expect(currentSession()).toEqual({ credential: null, demand: { message: "Expired.", schemes: ["bearer"], rejected: true } });
    refused(null, "Bearer", "The next call, without it.");
    expect(currentSession().demand?.message).toBe("Expired.");
  });

  it("sends nothing of a credential once it is signed out", () => {
    signIn(basic("ada", "x"));
    expect(sessionHeaders()["Authorization"]).toMatch(/^Basic /);
    signOut();
    expect(sessionHeaders()).toEqual({ "X-Requested-With": "XMLHttpRequest" });
  });
});

describe("credentials", () => {
  it("writes names and passwords in UTF-8", () => {
    expect(basic("Aladdin", "open sesame").header).toBe("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    expect(basic("test", "123£").header).toBe("Basic dGVzdDoxMjPCow==");
  });

  it("refuses tokens that no header could carry", () => {
    expect(tokenFault("abc.def-_~+/=")).toBe("");
    for (const wrong of ["", "a b", "a\nb", "tökén", "a\u0000"]) expect(tokenFault(wrong)).not.toBe("");
  });
});

describe("a stream of events", () => {
  const stream = ': hello\nretry: 2000\nevent: ready\ndata: {}\n\nevent: change\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata:x\n\nevent: nothing\n\n';
  const expected = [
    { name: "ready", data: "{}" },
    { name: "change", data: '{"a":\n1}' },
    { name: "message", data: "x" },
  ];

  it("is the same in whatever pieces it comes", () => {
    for (let size = 1; size <= stream.length; size++) {
      const parser = new EventParser();
      const events = [];
      for (let at = 0; at < stream.length; at += size) events.push(...parser.push(stream.slice(at, at + size)));
      expect(events).toEqual(expected);
    }
  });
});

describe("names of downloads", () => {
  it("come from the answer, else from what was asked for", () => {
    expect(fileName("attachment; filename*=UTF-8''b%C3%A4r.txt; filename=x", "http://h/a")).toBe("bär.txt");
    expect(fileName('attachment; filename="a \\"b\\".txt"', "http://h/a")).toBe('a "b".txt');
    expect(fileName("attachment; filename=plain.bin", "http://h/a")).toBe("plain.bin");
    expect(fileName(null, "http://h/get-artifact?path=models%2Fm.pkl&run_uuid=1")).toBe("m.pkl");
    expect(fileName("attachment; filename*=UTF-8''%ff", "http://h/x/y.txt")).toBe("y.txt");
  });
});
