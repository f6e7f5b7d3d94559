// Passkeys: asks the browser for one and sends its answer with the form of the button. Prints recovery codes.

const known = Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON);

async function optionsFor(form, source) {
  if (source) return JSON.parse(document.getElementById(source).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`Status ${answer.status}`);
  return answer.json();
}

async function made(options, form) {
  const alone = form.elements.passwordless?.checked ?? false;
  const chosen = { ...options.authenticatorSelection };
  chosen.residentKey = alone ? "required" : "discouraged";
  chosen.requireResidentKey = alone;
  if (alone) chosen.userVerification = "required";
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({ ...options, authenticatorSelection: chosen });
  return navigator.credentials.create({ publicKey });
}

async function used(options) {
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

async function ask(button) {
  const { form } = button;
  const told = document.getElementById(button.getAttribute("aria-describedby"));
  told.textContent = "";
  if (!known) {
    told.textContent = told.dataset.unknown;
    return;
  }
  button.disabled = true;
  try {
    const { creation_options: create, request_options: request } = await optionsFor(form, button.dataset.options);
    const credential = create ? await made(create.publicKey, form) : await used(request.publicKey);
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    told.textContent = told.dataset.failed;
    button.disabled = false;
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-passkey], [data-print]");
  if (button?.matches("[data-print]")) print();
  else if (button) ask(button);
});
