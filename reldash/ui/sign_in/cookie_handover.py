"""Small components that call our own routes, since only an HTTP response can set a cookie.

Addresses are relative to the page's own, so that a base path is kept.
"""

import streamlit as st

# Streamlit calls them again with every rerun; each acts once for its data.
_TAKE = """
export default function ({ data, parentElement }) {
  if (window.reldashTicket === data.ticket) return;
  window.reldashTicket = data.ticket;
  const request = { method: "POST", headers: { "x-reldash": "1" }, body: data.ticket };
  const say = (words) => {
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    line.textContent = words;
    parentElement.appendChild(line);
  };
  fetch(new URL("auth/ticket", document.baseURI), request)
    .then(async (answer) => {
      if (!answer.ok) return say(await answer.text());
      const wanted = new URL(sessionStorage.getItem("reldashWanted") ?? location.href);
      sessionStorage.removeItem("reldashWanted");
      if (wanted.origin === location.origin && wanted.href !== location.href)
        window.location.replace(wanted);
      else window.location.reload();
    })
    .catch(() => say("The dashboard is unreachable. Reload this page."));
}
"""
# An OpenID Connect provider sends users back to the first page; the tab keeps the address that
# they requested.
_REMEMBER = """
export default function () {
  sessionStorage.setItem("reldashWanted", window.location.href);
}
"""
_LEAVE = """
export default function () {
  if (window.reldashLeft) return;
  window.reldashLeft = true;
  const home = new URL("./", document.baseURI);
  fetch(new URL("auth/sign-out", home), { method: "POST", headers: { "x-reldash": "1" } })
    .finally(() => window.location.replace(home));
}
"""

_take = st.components.v2.component("reldash_take_ticket", js=_TAKE)
_remember = st.components.v2.component("reldash_remember", js=_REMEMBER)
_leave = st.components.v2.component("reldash_leave", js=_LEAVE)


def render_sign_in_exchange(ticket: str) -> None:
    """Have the browser exchange a ticket for its session's cookie, and reload the page."""
    st.html('<p class="rd-quiet">Signing in …</p>')
    _take(data={"ticket": ticket}, key="reldash_taking")


def render_address_memory() -> None:
    """Have the browser's tab save its address, to return to it after signing in elsewhere."""
    _remember(key="reldash_remembering")


def render_sign_out_request() -> None:
    """Have the browser end its session, remove the cookie, and go to the first page."""
    st.html('<p class="rd-quiet">Signing out …</p>')
    _leave(key="reldash_leaving")
