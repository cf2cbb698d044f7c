// Signs in with a passkey, where the browser has such and the address is one for them. The page works without it.
(function () {
  var part = document.getElementById("passkey");
  var canUse = isSecureContext && typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";
  if (part === null || !canUse) return;
  var button = part.querySelector("button");
  var problem = part.querySelector("[role=alert]");

  async function send(path, body) {
    var answer = await fetch(path, { method: "POST", body: JSON.stringify(body) });
    if (answer.status === 204) return null;
    var said = await answer.json();
    if (answer.ok) return said;
    throw new Error([said.error.message, said.error.hint].filter(Boolean).join(": "));
  }

  async function signIn() {
    var asked = PublicKeyCredential.parseRequestOptionsFromJSON(await send("/login/passkey/begin", {}));
    var used = await navigator.credentials.get({ publicKey: asked });
    await send("/login/passkey", used.toJSON());
    location.assign("/");
  }

  button.addEventListener("click", function () {
    button.disabled = true;
    problem.textContent = "";
    signIn().catch(function (error) {
      button.disabled = false;
      problem.textContent = error.name === "NotAllowedError" ? part.dataset.none : error.message;
    });
  });
  part.hidden = false;
})();
