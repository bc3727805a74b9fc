// Passkeys and security keys: asks the browser for one and hands what it says to the form around the button.
// <button data-passkey="get|create" data-options="id of the JSON" | data-from="address" data-into="id of the input"
//         data-passwordless="id of a tick box" data-wrong="words">

type Json = Record<string, unknown>;

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer | null | undefined): string | null {
  if (!buffer) return null;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function withIds(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list as Json[] | undefined) ?? []).map((each) => ({ ...each, id: bytes(String(each["id"])) }) as never);
}

async function create(options: Json, alone: boolean): Promise<Json> {
  const key = options["publicKey"] as Json;
  const user = key["user"] as Json;
  const made = (await navigator.credentials.create({
    publicKey: {
      ...key,
      challenge: bytes(String(key["challenge"])),
      user: { ...user, id: bytes(String(user["id"])) },
      excludeCredentials: withIds(key["excludeCredentials"]),
      authenticatorSelection: {
        ...(key["authenticatorSelection"] as Json),
        residentKey: alone ? "required" : "discouraged",
        requireResidentKey: alone,
        ...(alone ? { userVerification: "required" } : {}),
      },
    } as never,
  })) as PublicKeyCredential;
  const said = made.response as AuthenticatorAttestationResponse;
  return {
    ...about(made),
    response: {
      clientDataJSON: text(said.clientDataJSON),
      attestationObject: text(said.attestationObject),
      transports: said.getTransports?.() ?? [],
    },
  };
}

async function get(options: Json): Promise<Json> {
  const key = options["publicKey"] as Json;
  const given = (await navigator.credentials.get({
    publicKey: { ...key, challenge: bytes(String(key["challenge"])), allowCredentials: withIds(key["allowCredentials"]) } as never,
  })) as PublicKeyCredential;
  const said = given.response as AuthenticatorAssertionResponse;
  return {
    ...about(given),
    response: {
      clientDataJSON: text(said.clientDataJSON),
      authenticatorData: text(said.authenticatorData),
      signature: text(said.signature),
      userHandle: text(said.userHandle),
    },
  };
}

function about(credential: PublicKeyCredential): Json {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function optionsOf(button: HTMLElement): Promise<Json> {
  const from = button.dataset["from"];
  const options = button.dataset["options"];
  if (!from) return JSON.parse(document.getElementById(options ?? "")?.textContent ?? "{}") as Json;
  const answer = await fetch(from, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Json;
}

async function use(button: HTMLElement): Promise<void> {
  const told = await optionsOf(button);
  const alone = document.getElementById(button.dataset["passwordless"] ?? "") as HTMLInputElement | null;
  const credential =
    button.dataset["passkey"] === "create"
      ? await create(told["creation_options"] as Json, alone?.checked ?? false)
      : await get(told["request_options"] as Json);
  const into = document.getElementById(button.dataset["into"] ?? "") as HTMLInputElement;
  into.value = JSON.stringify(credential);
  into.form?.submit();
}

function wrong(button: HTMLElement): void {
  let line = button.nextElementSibling as HTMLElement | null;
  if (!line?.matches(".error")) {
    line = document.createElement("p");
    line.className = "error";
    line.setAttribute("role", "alert");
    button.after(line);
  }
  line.textContent = button.dataset["wrong"] ?? "";
}

for (const button of document.querySelectorAll<HTMLElement>("[data-passkey]")) {
  if (!("credentials" in navigator)) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    use(button).catch(() => wrong(button));
  });
}
