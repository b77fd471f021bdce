"""The page that asks for a token: the only one that a stranger sees, so all that it needs is in it."""

from html import escape

TRY_AGAIN = '<p class="wrong" role="alert">That is no token of this server. Paste it once more, whole.</p>\n'
# The colours of frontend/src/theme/tokens.css.
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in · ntkscope</title>
<style>
:root {
  --bg: #f5f7f9; --surface: #ffffff; --line: #d8dee4; --text: #17202a; --muted: #4f5d6a; --control: #7a8794;
  --accent: #0a5fc2; --on-accent: #ffffff; --error: #b3261e; font: 14px/20px Inter, system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0e1217; --surface: #161c23; --line: #2c3641; --text: #e6ebf0; --muted: #a3b0bd; --control: #6c7b8a;
    --accent: #5aa9ff; --on-accent: #06121f; --error: #ff8f85;
  }
}
* { box-sizing: border-box; }
body {
  display: grid; min-height: 100dvh; margin: 0; padding: 16px; place-content: center;
  color: var(--text); background: var(--bg);
}
main {
  width: min(420px, calc(100vw - 32px)); padding: 32px;
  background: var(--surface); border: 1px solid var(--line); border-radius: 8px;
}
small { font: 600 14px/20px Inter, system-ui, sans-serif; color: var(--muted); }
h1 { margin: 4px 0 8px; font-size: 28px; line-height: 36px; letter-spacing: -0.01em; }
p { margin: 0 0 20px; color: var(--muted); }
.wrong { color: var(--error); }
form { display: flex; gap: 8px; }
input, button { height: 44px; padding: 0 12px; font: inherit; font-size: 16px; border-radius: 6px; }
input { flex: 1; min-width: 0; color: var(--text); background: var(--surface); border: 1px solid var(--control); }
button { padding: 0 20px; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<small>ntkscope</small>
<h1>Who are you?</h1>
<p>Open the link that the server printed when it started, or that you were given. Or paste its token:</p>
WRONG<form method="post" action="SESSION">
<input type="password" name="token" aria-label="Token" autocomplete="current-password" autofocus required>
<button>Sign in</button>
</form>
</main>
</body>
</html>"""


def sign_in_page(session: str, *, wrong: bool = False) -> str:
    """The page, whose form goes to the address `session`; `wrong`: after a token that is none."""
    return PAGE.replace("SESSION", escape(session)).replace("WRONG", TRY_AGAIN if wrong else "")
