// An identity provider for the tests: the certified oidc-provider, with accounts told on the command line.
// node provider.mjs PORT SITE ACCOUNTS SLOW   (ACCOUNTS: {"subject": "identity number"} as JSON; SLOW: seconds its clock is late)
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, site, accounts] = [Number(process.argv[2]), process.argv[3], JSON.parse(process.argv[4])];
const slow = Number(process.argv[5]) * 1000;
const realNow = Date.now;
Date.now = () => realNow() - slow;
const LEVELS = ["urn:test:phone", "urn:test:face"];
const METHODS = { "urn:test:phone": ["pwd", "otp"], "urn:test:face": ["face"] };

const client = (name) => ({
  client_id: name,
  client_secret: `${name}-secret-of-the-tests`,
  redirect_uris: [`${site}/sign-in/${name}/back`],
  post_logout_redirect_uris: [`${site}/signed-out`],
  grant_types: ["authorization_code"],
  response_types: ["code"],
});

const provider = new Provider(`http://localhost:${port}`, {
  clients: [client("national"), client("late")],
  claims: { openid: ["sub", "acr", "amr"], identity: ["id_number"] },
  scopes: ["openid", "identity"],
  acrValues: LEVELS,
  conformIdTokenClaims: true,
  cookies: { keys: ["only for tests"] },
  features: { devInteractions: { enabled: false } },
  ttl: { IdToken: 600, Session: 7200, Grant: 7200, Interaction: 7200, AccessToken: 600 },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: async (ctx, subject) => ({ accountId: subject, claims: async () => ({ sub: subject, id_number: accounts[subject] || undefined }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid identity");
    await grant.save();
    return grant;
  },
});

async function interaction(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><title>Provider</title><form method="post">
      <label>Account <input name="account"></label><label>Proof <input name="proof"></label>
      <button name="go" value="1">Prove</button><button name="cancel" value="1">Cancel</button></form></html>`);
    return;
  }
  let body = "";
  for await (const part of request) body += part;
  const form = new URLSearchParams(body);
  const asked = form.get("proof") || (params.acr_values || LEVELS[0]).split(" ")[0];
  const result = form.get("cancel")
    ? { error: "access_denied", error_description: "the person said no" }
    : { login: { accountId: form.get("account"), acr: asked, amr: METHODS[asked] } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  interaction(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
}).listen(port, "localhost", () => console.log("ready"));
