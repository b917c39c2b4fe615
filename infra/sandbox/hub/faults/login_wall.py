"""An API that has moved behind the login of its owner."""

from infra.sandbox.hub.fault import Call, Fault, Reply

fault = Fault(
    kind="login_wall",
    caller_gets="an HTML page that asks to sign in, under 200, 401 or 403",
    expected="reject",
)

PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1>"
    b'<form method="post" action="/session"><label>E-mail <input name="email"></label>'
    b'<label>Password <input name="password" type="password"></label><button>Sign in</button></form>'
    b"</body></html>"
)


@fault.reply
def sign_in(call: Call) -> Reply:
    """Each API has one status for it."""
    return Reply(call.one_of((200, 401, 403)), "text/html; charset=utf-8", PAGE)
