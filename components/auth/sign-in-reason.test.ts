import { describe, expect, it } from "vitest";
import { signInAlert } from "@/components/auth/sign-in-reason";

describe("signInAlert", () => {
  it("AN-22 says how long to wait when attempts are slowed", () => {
    expect(signInAlert("throttled:42").title).toBe("Too many attempts, try again in 42 seconds");
    expect(signInAlert("throttled:1").title).toBe("Too many attempts, try again in 1 second");
  });

  it("has one sentence for every wrong pair, so that it does not tell which e-mails exist", () => {
    expect(signInAlert("CredentialsSignin").title).toBe("The e-mail or the password is wrong");
  });

  it("blames the server, not the password, for everything else", () => {
    for (const reason of ["throttled:soon", "unavailable", "<b>", null, undefined]) {
      expect(signInAlert(reason).title).toBe("Signing in did not work");
    }
  });
});
