import { prisma } from "../../lib/database/database.ts";
import { setPersonDisabled, systemActor } from "../../lib/operations/people.ts";
import { CLIENT, startOpenIdProvider, type OpenIdProvider } from "../open-id-provider.ts";
import type { Process } from "../own-server.ts";
import { expect, test as base } from "./own-house.ts";

const NAME = "Example Identity";

const test = base.extend<{ provider: OpenIdProvider; server: Process }>({
  provider: async ({}, use) => {
    const provider = await startOpenIdProvider();
    await use(provider);
    await provider.stop();
  },
  server: async ({ ownAddress, start, provider }, use) =>
    use(await start({ DATABASE_URL: ownAddress, OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret, OIDC_NAME: NAME })),
});

test("whom the identity provider vouches for comes in as a viewer, and is found again", async ({ provider, server, makePerson, browser }) => {
  await makePerson("Ada Administrator", ["administrator"]); // or the first run would be offered instead
  /** In a browser that has never been here. */
  const signIn = async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.url}/sign-in?from=/agents`);
    await page.getByRole("button", { name: `Continue with ${NAME}` }).click();
    const heading = page.getByRole("heading", { name: "Agents", level: 1 });
    const sentence = page.getByText("Single sign-on did not let you in.");
    await expect(heading.or(sentence)).toBeVisible();
    const outcome = (await heading.isVisible()) ? "in" : "refused with a sentence";
    await context.close();
    return outcome;
  };
  const people = () => prisma().person.findMany({ where: { oidcSubject: { not: null } }, orderBy: { createdAt: "asc" }, select: { id: true, email: true, name: true, houseRoles: true, oidcSubject: true } });

  const grace = { sub: "subject-1", email: "Grace@example.test", email_verified: true, name: "Grace Hopper" };
  provider.vouchFor(grace);
  expect(await signIn()).toBe("in");
  const [first] = await people();
  expect(first).toMatchObject({ email: "grace@example.test", name: "Grace Hopper", houseRoles: ["viewer"], oidcSubject: "subject-1" });

  // The subject says who it is; addresses change.
  provider.vouchFor({ ...grace, email: "grace.hopper@example.test" });
  expect(await signIn()).toBe("in");
  expect(await people()).toHaveLength(1);

  const local = await makePerson("Lin Local", ["operator"], "a long enough password");
  provider.vouchFor({ sub: "subject-2", email: local.email, email_verified: false, name: "Somebody Else" });
  expect(await signIn()).toBe("refused with a sentence");
  expect(await people()).toHaveLength(1);
  provider.vouchFor({ sub: "subject-2", email: local.email, email_verified: true, name: "Somebody Else" });
  expect(await signIn()).toBe("in");
  expect((await people())[1]).toMatchObject({ id: local.id, name: "Lin Local", houseRoles: ["operator"], oidcSubject: "subject-2" });

  // An address that another subject has taken is nobody else's, verified or not.
  provider.vouchFor({ sub: "subject-3", email: local.email, email_verified: true, name: "Somebody Else" });
  expect(await signIn()).toBe("refused with a sentence");

  await setPersonDisabled(systemActor, { personId: local.id, isDisabled: true });
  provider.vouchFor({ sub: "subject-2", email: local.email, email_verified: true, name: "Lin Local" });
  expect(await signIn()).toBe("refused with a sentence");

  provider.vouchFor(null);
  expect(await signIn()).toBe("refused with a sentence");
  expect(await people()).toHaveLength(2);
});
