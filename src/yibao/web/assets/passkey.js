// Asks the device for a passkey and sends its answer with the page's own form; pages work without it, by codes.
const form = document.querySelector("form[data-passkey]");

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function decoded(options) {
  const listed = (name) => (options[name] ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: listed("excludeCredentials") }),
    ...(options.allowCredentials && { allowCredentials: listed("allowCredentials") }),
  };
}

function encoded(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    clientExtensionResults: credential.getClientExtensionResults() };
}

async function ask() {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  const publicKey = decoded(JSON.parse(form.dataset.passkey));
  try {
    const made = publicKey.user ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
    form.elements.credential.value = JSON.stringify(encoded(await made));
  } catch {
    failed.hidden = false;
    return;
  }
  form.submit();
}

if (form && window.PublicKeyCredential) {
  form.hidden = false;
  form.querySelector("[data-passkey-button]").addEventListener("click", ask);
}
