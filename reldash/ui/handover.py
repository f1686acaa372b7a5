"""Small components that ask our own routes, since only an answer over HTTP can set a cookie.

Addresses are relative to the page's own, so that a base path is kept.
"""

import streamlit as st

# Both run once for what they are given: Streamlit calls them again with every drawing.
_TAKE = """
export default function ({ data, parentElement }) {
  if (window.reldashTicket === data.ticket) return;
  window.reldashTicket = data.ticket;
  const asked = { method: "POST", headers: { "x-reldash": "1" }, body: data.ticket };
  const say = (words) => {
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    line.textContent = words;
    parentElement.appendChild(line);
  };
  fetch(new URL("auth/ticket", document.baseURI), asked)
    .then(async (answer) => {
      if (answer.ok) window.location.reload();
      else say(await answer.text());
    })
    .catch(() => say("The dashboard cannot be reached. Load this page again."));
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
_leave = st.components.v2.component("reldash_leave", js=_LEAVE)


def render_taking(ticket: str) -> None:
    """Have the browser exchange a ticket for its session's cookie, and load the page anew."""
    st.html('<p class="rd-quiet">Signing in …</p>')
    _take(data={"ticket": ticket}, key="reldash_taking")


def render_leaving() -> None:
    """Have the browser end its session, drop the cookie, and go to the first page."""
    st.html('<p class="rd-quiet">Signing out …</p>')
    _leave(key="reldash_leaving")
