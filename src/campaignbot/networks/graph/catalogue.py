"""What else the Graph API may answer to a request, by name: for faults. In its own words where they are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from campaignbot.networks.exchange import Answer, reply
from campaignbot.networks.graph import refusals

PORTAL: Final = b"<html><body>Welcome to our network. Please log in.</body></html>"
BLOCKED: Final = "The action attempted has been deemed abusive or is otherwise disallowed"
RULES: Final = "This content goes against our Community Standards."
CONFIRM: Final = "Publishing as this Page is not authorised yet."
IMPERSONATING: Final = (
    "(#190) Any of the pages_read_engagement, pages_manage_metadata permission(s) must be granted before impersonating"
    " a user's page."
)


def _error(code: int, message: str, **more: Any) -> Answer:
    return refusals.refusal(code, message, **more).answer


def _page(code: int, body: bytes, media_type: str = "text/html; charset=utf-8") -> Answer:
    return Answer(code, body, media_type)


def _taken() -> Answer:
    error = {"message": "Tried accessing nonexisting field", "type": "OAuthException", "code": 100, "fbtrace_id": "Aa"}
    return reply(400, {"error": {**error, "original_response": {"id": "1_1"}}})


#: "(#4) …": calls by the app, the user, a Page, a custom rule, the app again; business use cases.
_THROTTLES: Final[Mapping[int, str]] = {
    4: "(#4) Application request limit reached",
    17: "(#17) User request limit reached",
    32: "(#32) Page request limit reached",
    341: "(#341) Feed action request limit reached",
    613: "(#613) Calls to this api have exceeded the rate limit.",
    80001: "There have been too many calls to this Page account. Wait a bit and try again.",
    80002: "There have been too many calls to this Instagram account. Wait a bit and try again.",
    80006: "There have been too many calls to this Messenger account. Wait a bit and try again.",
}
_TOKENS: Final = (458, 459, 460, 463, 464, 467, 492)
_RIGHTS: Final[Mapping[int, str]] = {
    3: "(#3) Application does not have the capability to make this API call.",
    10: "(#10) This endpoint requires the 'pages_read_engagement' permission.",
    200: "(#200) If posting to a page, requires both pages_read_engagement and pages_manage_posts.",
    283: "(#283) Requires pages_read_user_content permission to manage the object",
    299: "(#299) Permissions error",
}
_LINKS: Final = (1609005, 1609008, 2061006)
_RULES: Final = (1346003, 1404102)
_CONFIRM: Final = (1404006, 1404078, 1404112, 4854002)
_PICTURES: Final = (1366046, 1366051, 2069019)

SAYINGS: Final[Mapping[str, Answer]] = {
    "taken_not_shown": _taken(),
    # unwell
    "error_500_code_2": _error(2, "An unexpected error has occurred. Please retry your request later.", http=500),
    "error_500_code_190": _error(190, "Invalid OAuth access token.", http=500),
    "bad_gateway": _page(502, b"<html>bad gateway</html>"),
    "unavailable": _page(503, b""),
    "odd_500": reply(500, {"foo": 1}),
    **{f"throttled_{code}": _error(code, message) for code, message in _THROTTLES.items()},
    "throttled_transient": _error(4, _THROTTLES[4], transient=True),
    "code_1": _error(1, "An unknown error occurred"),
    "code_1_99": _error(1, "An unknown error occurred", subcode=99),
    "code_2": _error(2, "Service temporarily unavailable"),
    "transient": _error(9999, "Please retry your request later.", transient=True),
    # who asks
    "token_190": _error(190, "Invalid OAuth access token - Cannot parse access token"),
    "token_190_401": _error(190, "Invalid OAuth access token.", http=401),
    **{f"token_190_{subcode}": refusals.token_gone(subcode).answer for subcode in _TOKENS},
    "impersonating": _error(190, IMPERSONATING),
    "session_102": _error(102, "Session key invalid or no longer valid"),
    **{f"right_{code}": _error(code, message) for code, message in _RIGHTS.items()},
    "proof_missing": _error(100, "API calls from the server require an appsecret_proof argument"),
    "proof_wrong": _error(100, "Invalid appsecret_proof provided in the API argument"),
    **{f"confirm_{subcode}": _error(368, CONFIRM, subcode=subcode) for subcode in _CONFIRM},
    # what is said
    "duplicate_506": _error(506, "Duplicate status message", subcode=1455006),
    "duplicate_368": _error(368, BLOCKED, subcode=1404082),
    **{f"rules_{code}": _error(code, RULES) for code in _RULES},
    **{f"rules_368_{subcode}": _error(368, RULES, subcode=subcode) for subcode in _RULES},
    "blocked": _error(368, BLOCKED),
    "blocked_1390008": _error(368, BLOCKED, subcode=1390008),
    **{f"link_{code}": _error(code, "The url you supplied is invalid") for code in _LINKS},
    **{f"link_100_{subcode}": _error(100, "Invalid parameter", subcode=subcode) for subcode in _LINKS},
    "picture_324": _error(324, "(#324) Missing or invalid image file"),
    **{f"picture_{code}": _error(code, "Your photos couldn't be uploaded.") for code in _PICTURES},
    **{f"picture_100_{subcode}": _error(100, "Invalid parameter", subcode=subcode) for subcode in _PICTURES},
    "gone": refusals.not_there("1_1", method="post").answer,
    "bad_parameter": refusals.bad("Invalid parameter").answer,
    "unknown_path": refusals.unknown_path("1/feeds").answer,
    "logged_out_3001": _error(3001, "Invalid query"),
    "no_alias_803": _error(803, "(#803) Some of the aliases you requested do not exist", http=404),
    "version_2635": _error(2635, "(#2635) You are calling a deprecated version of the API."),
    # nothing of ours
    "page_400": _page(400, b"<html>400</html>"),
    "list_403": reply(403, [{"error": "no"}]),
    "odd_404": reply(404, {"title": "Not Found"}),
    "moved": Answer(302, b"", headers={"Location": "https://elsewhere.invalid/"}),
    "success_without_id": reply(200, {"success": True}),
    "id_is_a_number": reply(200, {"id": 5}),
    "bad_id": reply(200, {"id": "one two"}),
    "bad_time": reply(200, {"id": "1_1", "created_time": "yesterday"}),
    "empty": _page(200, b"", "application/json"),
    "cut_short": _page(200, b'{"id":"1', "application/json"),
    "captive_portal": _page(200, PORTAL),
}
